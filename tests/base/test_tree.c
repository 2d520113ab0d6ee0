#include <parley/tree.h>
#include "tap.h"

int main(void)
{
    static const char yaml[] = "a: 1.5\nlist:\n  - x\n  - {k: \"7\"}\nempty:\nflag: true\n";
    struct parley_arena arena = { 0 };
    struct parley_node *root;
    struct parley_error err = { 0 };
    double v = 0;
    OK(!parley_yaml_parse(yaml, strlen(yaml), "s.yaml", &arena, &root, &err), "reads %s", err.text);
    OK(!parley_node_double(parley_node_get(root, "a"), 0, 2, &v, NULL) && v == 1.5, "a number");
    OK(parley_node_double(parley_node_get(root, "a"), 0, 1, &v, &err) == PARLEY_EDOM && same(err.text, "s.yaml:1:4: a: 1.5 is outside 0 to 1"), "its range");
    const struct parley_node *list = parley_node_get(root, "list");
    OK(list && list->n == 2 && list->child[0].line == 3, "a list with lines");
    OK(parley_node_double(parley_node_get(&list->child[1], "k"), 0, 9, &v, &err) == PARLEY_EPARSE, "quoted digits are text: %s", err.text);
    OK(parley_node_get(root, "empty")->kind == PARLEY_NODE_NULL, "null");
    OK(parley_node_double(parley_node_get(root, "none"), 0, 9, &v, &err) == PARLEY_ENOTFOUND, "missing");
    static const char *const known[] = { "a", "lists", "empty", "flag", NULL };
    OK(parley_node_only_keys(root, known, &err) == PARLEY_EPARSE && strstr(err.text, "did you mean 'lists'"), "%s", err.text);
    OK(parley_yaml_parse("a: [1", 5, "s.yaml", &arena, &root, &err) == PARLEY_EPARSE && strstr(err.text, "s.yaml:"), "%s", err.text);
    OK(parley_yaml_parse("a: 1\na: 2\n", 10, "s.yaml", &arena, &root, &err) == PARLEY_EPARSE, "duplicate key: %s", err.text);
    static const char json[] = "{\"n\":[1,2.5,\"t\",null,true]}";
    OK(!parley_json_parse(json, strlen(json), "j", &arena, &root, &err), "JSON %s", err.text);
    const struct parley_node *n = parley_node_get(root, "n");
    OK(n->n == 5 && !strcmp(n->child[1].text, "2.5") && n->child[2].quoted && n->child[3].kind == PARLEY_NODE_NULL, "its values");
    OK(parley_json_parse("{\"a\":1,\"a\":2}", 13, "j", &arena, &root, &err) == PARLEY_EPARSE, "duplicate key: %s", err.text);
    parley_arena_release(&arena);
    return done();
}
