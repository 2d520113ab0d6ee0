"""The hashes in a page's policy are those of its script and its style sheet."""
import base64
import hashlib
import re
import sys

page = open(sys.argv[1], encoding="utf-8", newline="").read()
for kind, tag in (("script-src", "script"), ("style-src", "style")):
    stated = re.search(kind + r" '(sha256-[^']+)'", page).group(1)
    text = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.S).group(1)
    found = "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    if stated != found:
        sys.exit(f"{kind}: stated {stated}, is {found}")
