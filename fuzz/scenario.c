#include <parley/scenario.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever the text, a scenario is read whole or refused with words, and what is read can be changed and hashed. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct parley_scenario s;
    struct parley_error err = { 0 };
    if (parley_scenario_parse((const char *)data, size, "fuzz", &s, &err) == PARLEY_OK) {
        (void)parley_scenario_hash(&s);
        (void)!parley_scenario_change(&s, "hotline=1 tauR*=2", &err);
    } else if (!err.text[0]) {
        __builtin_trap();
    }
    return 0;
}
