#include "game_method.h"

#include <string.h>

/* By how the phrase begins. */
static const struct {
    const char *begins, *zh;
} table[] = {
    { "vertex enumeration of both", "枚举两个最优反应多面体的全部顶点" },
    { "support enumeration with", "逐一检验支撑组合, 以区间牛顿法证明" },
    { "Lemke's path from", "自等概率出发的Lemke路径(van den Elzen与Talman 1991)" },
    { "end of the principal branch", "Logit应对主路径的终点" },
    { "comparison of the strategies", "逐一比较策略" },
    { "backward induction", "自后向前逐个求解子博弈" },
    { "all vertices of both polytopes were visited; the game is nondegenerate", "两个多面体的顶点已全部访问; 博弈非退化, 均衡彼此孤立, 个数为奇数" },
    { "all vertices of both polytopes were visited; the game is degenerate", "两个多面体的顶点已全部访问; 博弈退化: 每个均衡都是某一子集内的混合" },
    { "the game is too large to list", "博弈过大, 无法列出全部均衡; 此为其中之一" },
    { "this is one point near", "此为均衡附近的一点, 任何一方的可得增益不超过所示遗憾值" },
    { "one player: the best", "只有一方: 最优策略及其任意混合" },
    { "all equilibria of every subgame", "各子博弈的全部均衡均已代入; 每个均衡彼此孤立" },
    { "all ", "支撑组合已全部搜索; 每个区域经证明不含均衡或恰含一个" },
    { "one was asked for", "只要求一个" },
    { "payoffs tie at", "此处或附近收益相同: 可能存在连续的均衡" },
    { "every subgame has one", "每个子博弈只有一个均衡, 故子博弈完美均衡唯一" },
    { "there are more combinations", "子博弈均衡的组合多于所列; 此为前若干个" },
    { "one equilibrium, in which", "一个均衡, 其中没有被弱占优的计划; 不排除其他均衡" },
    { "one equilibrium of each", "每个子博弈给出一个均衡; 不排除其他均衡" },
    { "a subgame has a continuum", "某一子博弈有连续的均衡或未搜索完毕; 所列均衡的混合也可能是均衡" },
};

const char *method_words(const struct invocation *in, const char *phrase)
{
    for (size_t i = 0; in->lang == PARLEY_ZH && i < sizeof table / sizeof *table; i++)
        if (!strncmp(phrase, table[i].begins, strlen(table[i].begins)))
            return table[i].zh;
    if (in->lang == PARLEY_ZH && strstr(phrase, "boxes stayed open"))
        return "有区域未能判定(奇异解, 或达到限度)";
    return phrase;
}
