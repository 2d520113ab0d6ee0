#include <parley/forecast.h>

const char *parley_forecaster_word(enum parley_forecaster by)
{
    switch (by) {
#define PARLEY_FORECASTER_CASE(name, word, en, zh) case name: return word;
        PARLEY_FORECASTER_MAP(PARLEY_FORECASTER_CASE)
#undef PARLEY_FORECASTER_CASE
    case PARLEY_FORECASTERS:
        break;
    }
    return "?";
}
