#!/usr/bin/env python3
"""Make one C file that holds the files of a folder: embed-data.py FOLDER OUT.c

The output changes (and so is compiled again) only when a file changes: each name carries a hash."""
import hashlib
import os
import sys

root, out = os.path.abspath(sys.argv[1]), sys.argv[2]
names = sorted(
    os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")
    for folder, _, files in os.walk(root)
    for name in files
    if not name.startswith(".") and name not in ("README.md", "meson.build"))
text = ["/* made by tools/embed-data.py; do not edit */\n#include <parley/data.h>\n"]
rows = []
for i, name in enumerate(names):
    path = os.path.join(root, name)
    data = open(path, "rb").read()
    text.append(f"/* {hashlib.sha256(data).hexdigest()} */\n"
                f'__asm__(".pushsection .rodata\\n.balign 16\\nparley_data_{i}:\\n.incbin \\"{path}\\"\\n'
                f'.byte 0\\n.popsection\\n");\n'
                f'extern const char parley_data_{i}[] __attribute__((visibility("hidden")));\n')
    rows.append(f'    {{ "{name}", parley_data_{i}, {len(data)} }},\n')
text.append("extern const struct parley_data_file parley_data_files[];\nextern const size_t parley_data_n;\n")
text.append("const struct parley_data_file parley_data_files[] = {\n" + "".join(rows) + "    { 0, 0, 0 },\n};\n")
text.append(f"const size_t parley_data_n = {len(names)};\n")
new = "".join(text)
if not os.path.exists(out) or open(out, encoding="utf-8").read() != new:
    open(out, "w", encoding="utf-8").write(new)
