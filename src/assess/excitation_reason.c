#include <parley/excitation.h>

#include <math.h>
#include <stdio.h>

const char *parley_excitation_reason(const struct parley_excitation *e, enum parley_lang lang, char *out)
{
    enum { ROOM = PARLEY_EXCITATION_REASON };
    double fewest = INFINITY;
    for (size_t k = 0; k < e->types; k++)
        fewest = fmin(fewest, e->events[k]);
    switch (e->why) {
    case PARLEY_IDENTIFIED:
        snprintf(out, ROOM, PARLEY_SAY(lang, "the past beats the background (p %.2g) and shuffled dates (p %.2g)",
                                       "过去事件的解释优于背景（p %.2g），也优于打乱的日期（p %.2g）"), e->p_value, e->permutation_p);
        break;
    case PARLEY_TOO_FEW_EVENTS:
        snprintf(out, ROOM, PARLEY_SAY(lang, "too few events: %.0f in the rarer direction, at least %d are needed to tell an answer from chance",
                                       "事件太少：较少的方向只有%.0f个，至少需要%d个才能区分回应与偶然"), fewest, PARLEY_EXCITATION_EVENTS_MIN);
        break;
    case PARLEY_TOO_FEW_BINS:
        snprintf(out, ROOM, PARLEY_SAY(lang, "too few bins: %zu, at least %d are needed", "时段太少：只有%zu个，至少需要%d个"), e->n_bins,
                 PARLEY_EXCITATION_BINS_MIN);
        break;
    case PARLEY_NO_GAIN:
        snprintf(out, ROOM, PARLEY_SAY(lang, "the past explains no more than a slowly moving background does (p %.2g)",
                                       "过去事件的解释力不超过缓慢变化的背景（p %.2g）"), e->p_value);
        break;
    case PARLEY_LIKE_SHUFFLED:
        snprintf(out, ROOM, PARLEY_SAY(lang, "shuffled dates give as much excitation (permutation p %.2g)",
                                       "打乱日期后得到同样多的激发（置换检验p %.2g）"), e->permutation_p);
        break;
    case PARLEY_LIKE_TREND:
        snprintf(out, ROOM, PARLEY_SAY(lang, "the half-life (%.3g bins) reaches its upper bound: excitation cannot be told from a trend",
                                       "半衰期（%.3g个时段）达到上界：无法区分激发与趋势"), e->half_life);
        break;
    case PARLEY_NOT_FITTED:
    default:
        snprintf(out, ROOM, "%s", PARLEY_SAY(lang, "the fit did not settle", "拟合没有收敛"));
    }
    return out;
}
