#include "case_input.h"

const struct command command_case_import = {
    .name = "case import",
    .operands = "FILE...",
    .operands_min = 1,
    .operands_max = -1,
    .summary = "Import many cases into the desk, all or none.",
    .summary_zh = "成批导入案例，全部写入或全不写入。",
    .text = "Each file holds one case or a list of cases in YAML or JSON, as 'parley case export' writes them. Nothing "
            "is written when any of them is wrong.",
    .examples =
        "# on a desk: parley case export --all >cases.yaml; parley case import cases.yaml\nparley help case import\n",
    .options = case_add_options,
    .run = case_add_files,
};
