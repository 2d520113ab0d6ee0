#!/usr/bin/env python3
"""A second implementation of docs/spec/channel.md, as small as it can be, speaks with a desk over the file carrier.

Nothing but Python's standard library; written from the specification and the vectors alone. The desk is the command in PARLEY."""
import base64
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from second_crypto import H, ZERO, chacha, hkdf, hpke, mac, public, sign, u32, u64, verify, x25519

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent


# --- the peer: sections 2 to 8 ---

def note_line(name, seed, text, cosigned=None):
    kind, message, head = b"\1", text, b""
    if cosigned is not None:
        kind, message, head = b"\4", f"cosignature/v1\ntime {cosigned}\n{text}", u64(cosigned)
    key_id = H(name.encode() + b"\n" + kind + public(seed))[:4]
    return f"\u2014 {name} {base64.b64encode(key_id + head + sign(seed, message.encode())).decode()}\n"


def read_card(note):
    text = note[:note.rindex(b"\n\n") + 1]
    value = dict(line.split(" ", 1) for line in text.decode().split("\n")[1:-1])
    root, signature = bytes.fromhex(value["root"]), base64.b64decode(note.decode().split(" ")[-1])[4:]
    assert verify(root, text, signature)
    return {"id": H(b"parley-party-v1\1", root), "epoch": int(value["epoch"]), "signing": bytes.fromhex(value["signing"]), "sealing": bytes.fromhex(value["sealing"]),
            "previous": value.get("previous"), "hash": H(text).hex(), "note": note}


def words(transcript, list_name):
    words = (SOURCE / "data/channel/words" / list_name).read_text().split()
    bits = int.from_bytes(transcript[:16] + H(transcript[:16])[:1], "big") >> 4
    return " ".join(words[bits >> 11 * (11 - i) & 2047] for i in range(12))


def tree(leaves):
    k = 1 << max(len(leaves) - 1, 1).bit_length() - 1
    return H(b"\0", leaves[0]) if len(leaves) == 1 else H(b"\1", tree(leaves[:k]), tree(leaves[k:]))


class Peer:
    def __init__(self, name):
        self.name, self.root, self.epochs, self.mine, self.heard = name, os.urandom(32), [], [], {}
        self.got = {kind: [] for kind in range(1, 10)}
        self.begin()

    def begin(self):
        signing, sealing = os.urandom(32), os.urandom(32)
        year = time.gmtime().tm_year
        text = (f"parley key statement v1\nparty {self.name}\nroot {public(self.root).hex()}\nthreshold 1\nepoch {len(self.epochs) + 1}\nsigning {public(signing).hex()}\n"
                f"sealing {x25519(sealing).hex()}\nfrom {year - 1}-01-01T00:00:00Z\nuntil {year + 1}-12-31T00:00:00Z\n")
        if self.epochs:
            text += f"previous {self.card['hash']}\n"
        self.card = read_card((text + "\n" + note_line(self.name, self.root, text)).encode())
        self.epochs.append((signing, sealing))

    def enrol(self, note, psk):
        self.theirs = [read_card(note)]
        low, high = sorted((self.card["id"], self.theirs[0]["id"]))
        self.psk, self.pair = psk, H(b"parley-pair-v1", low, high)
        return H(b"parley-ceremony-v1", *sorted((H(note), H(self.card["note"]))), H(b"parley-psk-v1", psk))

    def key(self, sender, recipient, epoch):
        k = hkdf(self.pair, self.psk, b"parley-direction-v1" + sender + recipient, 32)
        for e in range(2, epoch + 1):
            k = hkdf(b"", k, b"parley-ratchet-v1" + u32(e), 32)
        return k, hkdf(b"", k, b"parley-mailbox-v1", 16)

    def seal(self, items):
        content = b"".join(bytes([kind]) + u32(len(payload)) + payload for kind, payload in items)
        plain = u32(len(content)) + content
        plain += bytes(next(kib << 10 for kib in (1, 4, 16, 64, 256, 512) if kib << 10 >= len(plain)) - len(plain))
        them, us, ephemeral = self.theirs[-1], self.card["id"], os.urandom(32)
        psk, tag = self.key(us, them["id"], them["epoch"])
        aad, enc = b"PLYU\1\1\0\0" + tag + u32(them["epoch"]), x25519(ephemeral)
        key, nonce = hpke(x25519(ephemeral, them["sealing"]), enc, them["sealing"], b"parley-unit-v1" + self.pair + us + them["id"], psk, b"parley-psk-v1" + u32(them["epoch"]))
        sealed = chacha(key, nonce, 1, plain)
        return aad + enc + sealed + mac(key, nonce, aad, sealed)

    def open(self, unit):
        epoch, enc, (them, us) = int.from_bytes(unit[24:28], "big"), unit[28:60], (self.theirs[-1]["id"], self.card["id"])
        sealing, (psk, tag) = self.epochs[epoch - 1][1], self.key(them, us, epoch)
        key, nonce = hpke(x25519(sealing, enc), enc, x25519(sealing), b"parley-unit-v1" + self.pair + them + us, psk, b"parley-psk-v1" + u32(epoch))
        assert unit[:24] == b"PLYU\1\1\0\0" + tag and mac(key, nonce, unit[:28], unit[60:-16]) == unit[-16:]
        plain = chacha(key, nonce, 1, unit[60:-16])
        content, items = plain[4:4 + int.from_bytes(plain[:4], "big")], []
        assert not any(plain[4 + len(content):])
        while content:
            end = 5 + int.from_bytes(content[1:5], "big")
            items.append((content[0], content[5:end]))
            content = content[end:]
        return items

    def say(self, kind, code, body, reply=ZERO, precedence=2):
        body, salt, epoch = json.dumps(body).encode(), os.urandom(32), len(self.epochs)
        seq, previous = 1 + sum(e == epoch for e, _ in self.mine), H(b"parley-statement-hash-v1", self.mine[-1][1][:304]) if self.mine else ZERO
        seen = [h for h in sorted(self.heard) if h[0] == max(self.heard)[0]][-1:]  # the desk leaves no gaps in this test
        b = b"PLYS" + bytes([1, kind, 1, 0]) + self.pair + self.card["id"] + u32(epoch) + u64(seq) + u64(int(time.time() * 1e6)) + previous
        b += u64(seen[0][1] if seen else 0) + (self.heard[seen[0]]["hash"] if seen else ZERO) + reply + bytes([precedence, 3]) + struct.pack(">H", code) + u32(len(body)) + u32(0)
        b += H(b"parley-body", salt, body)
        self.mine.append((epoch, b + sign(self.epochs[-1][0], b"parley-statement-v1" + b) + salt + body))
        return 2, self.mine[-1][1]

    def hear(self, payload):
        b, salt, body = payload[:304], payload[304:336], payload[336:]
        epoch, seq, digest = int.from_bytes(b[72:76], "big"), int.from_bytes(b[76:84], "big"), H(b"parley-statement-hash-v1", b)
        assert b[:5] == b"PLYS\1" and b[8:40] == self.pair and b[40:72] == self.theirs[0]["id"] and H(b"parley-body", salt, body) == b[208:240]
        assert verify(next(c["signing"] for c in self.theirs if c["epoch"] == epoch), b"parley-statement-v1" + b[:240], b[240:])
        if (epoch, seq) in self.heard:
            assert self.heard[epoch, seq]["hash"] == digest
            return
        assert seq == 1 or self.heard[epoch, seq - 1]["hash"] == b[92:124]
        self.heard[epoch, seq] = {"hash": digest, "bytes": b, "all": payload, "kind": b[5], "type": int.from_bytes(b[198:200], "big"), "body": json.loads(body), "reply": b[164:196], "seen": b[132:164]}

    def take(self, unit):
        for kind, payload in self.open(unit):
            self.got[kind].append(payload)
            if kind == 1 and read_card(payload)["epoch"] > self.theirs[-1]["epoch"]:
                assert read_card(payload)["previous"] == self.theirs[-1]["hash"]
                self.theirs.append(read_card(payload))
            elif kind == 2 and payload[40:72] != self.card["id"]:
                self.hear(payload)

    def head(self, question):
        held = max(self.heard)
        return 4, question + u32(held[0]) + u64(held[1]) + self.heard[held]["hash"] + u32(1) + u64(len(self.mine)) + H(b"parley-statement-hash-v1", self.mine[-1][1][:304])


# --- the test ---

parley, number, wrong = os.environ["PARLEY"], 0, 0
work = pathlib.Path(tempfile.mkdtemp())
os.environ["PARLEY_STATE"] = str(work / "state")
spool = work / "spool"
spool.mkdir()
us = Peer("US")


def ok(passed, name, why=""):
    global number, wrong
    number, wrong = number + 1, wrong + (not passed)
    print(f"{'ok' if passed else 'not ok'} {number} - {name}", flush=True)
    if not passed:
        print("# " + str(why)[:2000].replace("\n", "\n# "))


def desk(*arguments, said=None):
    return subprocess.run([parley, "--desk", work / "cn", *map(str, arguments)], input=said, capture_output=True, text=True, check=False)


def send(text):
    made = desk("channel", "send", "us", "--type", "comms-check", "--body", "-", "--json", said=json.dumps({"text": text}))
    return bytes.fromhex(json.loads(made.stdout)["hash"]) if not made.returncode else made


def put(*items):
    unit = us.seal(items)
    name = spool / f"{unit[8:24].hex()}-{time.time_ns():032x}.unit"
    name.with_suffix(".part").write_bytes(unit)
    name.with_suffix(".part").rename(name)


def turn(*items):
    """Our items, if any, go in; the desk moves its units; we take what there is for us. Returns the desk's log."""
    if items:
        put(*items)
    us.got = {kind: [] for kind in us.got}
    log = desk("channel", "sync").stderr
    tags = [us.key(us.theirs[0]["id"], us.card["id"], e + 1)[1].hex() for e in range(len(us.epochs))]
    for file in sorted(spool.iterdir()):
        if file.name[:32] in tags and file.suffix == ".unit":
            us.take(file.read_bytes())
            file.unlink()
    return log


def receipt(digest):
    of = next(h for h in us.heard.values() if h["hash"] == digest)
    return us.say(2, 100, {"receipt": "stored", "seq": int.from_bytes(of["bytes"][76:84], "big"), "also": [], "meaning": "acknowledging is not agreeing"}, digest)


def status():
    return json.loads(desk("channel", "status", "us", "--json").stdout)


table = re.findall(r"^\| (\d+) \| ([a-z-]+) \| 1 \| (\d) \| (\d+) \| ([a-z, -]+) \|$", (SOURCE / "docs/spec/channel.md").read_text(), re.M)
types = json.loads(desk("channel", "types", "--json").stdout)
ok([(str(t["code"]), t["type"], str(1 + ["ROUTINE", "PRIORITY", "IMMEDIATE", "FLASH"].index(t["precedence"])), str(t["answer_within_s"]), t["answers"].replace(" ", ", ")) for t in types if t["answers"]] == table,
   "the types are those of the specification", table)
desk("init")
desk("desk", "keys", "--party", "CN")
(work / "us.card").write_bytes(us.card["note"])
desk("desk", "ceremony", "--new-psk", work / "psk")
transcript = us.enrol(desk("desk", "card").stdout.encode(), bytes.fromhex((work / "psk").read_text()))
shown = json.loads(desk("desk", "ceremony", "--card", work / "us.card", "--psk", work / "psk", "--json").stdout)
ok(shown["english"] == words(transcript, "english.txt") and shown["chinese"] == words(transcript, "chinese.txt"), "both sides read the same words, in two languages", shown)
made = desk("desk", "enrol", "us", "--card", work / "us.card", "--psk", work / "psk", "--words", words(transcript, "chinese.txt"), "--spool", spool)
ok(made.returncode == 0, "the card is good, the words in Chinese will do", made.stderr)

first = send("one")
turn()
ok(any(h["hash"] == first for h in us.heard.values()), "a statement comes, its signature, salt and pair verify")
turn(receipt(first))
ok(status()["stored_by_peer"] == 1 and status()["outstanding"] == 0, "our receipt is taken", status())
ours = us.say(1, 5, {"answer": "二"}, first, 3)
turn(ours)
answer = us.heard[max(us.heard)]
ok(answer["kind"] == 2 and answer["body"]["receipt"] == "stored" and answer["reply"] == H(b"parley-statement-hash-v1", ours[1][:304]), "ours is receipted", answer)
turn((77, b"of another version"), ours)
ok(max(us.heard) == (1, 2) and us.got[2], "a duplicate gets the same receipt once more; an unknown item is skipped", us.heard.keys())
bad = us.say(1, 1, {"text": 1.5})
us.mine.pop()
ok("refused why=body" in turn(bad), "a body that is no I-JSON is kept out")
missing, late = us.say(1, 5, {"answer": "three"}), us.say(1, 5, {"answer": "four"})
ok("earlier=outstanding" in turn(late), "a statement before its time is stored and shown")
turn()
asked = us.got[5] and struct.unpack(">BIQQ", us.got[5][0])
turn(missing)
ok(asked == (1, 1, 3, 3) and status()["heads"]["theirs_without_gap"] == 4, "the gap is asked for and closed", us.got[5])

turn((3, b"question"))
held = us.got[4] and us.got[4][0]
ok(held and held[:8] == b"question" and held[8:52] == u32(1) + u64(4) + H(b"parley-statement-hash-v1", late[1][:304]) and struct.unpack(">IQ", held[52:64]) == max(us.heard),
   "asked what it holds, it says so, with our question", held)
file, path = b"indicator,kind\n203.0.113.7,address\n", work / "indicators.csv"
path.write_bytes(file)
desk("channel", "send", "us", path, "--type", "comms-check", "--body", "-", said='{"text": "with a file"}')
turn((9, H(file) + u64(0) + u64(len(file))))
ok(us.got[6] == [H(file) + u64(len(file)) + u64(0) + file], "an attachment's chunk, when asked for", us.got[6])
named = us.say(1, 5, {"answer": "see the file", "attachments": [{"name": "附.csv", "bytes": len(file), "sha256": H(file).hex()}]})
ok("attachment-complete" in turn(named, (6, H(file) + u64(len(file)) + u64(0) + file)), "and one of ours")

leaves = [all_of[:304] for _, all_of in us.mine]
text = f"parley/{us.pair[:16].hex()}/{us.card['id'][:16].hex()}/1\n{len(leaves)}\n{base64.b64encode(tree(leaves)).decode()}\n"
turn((8, (text + "\n" + note_line("US", us.epochs[0][0], text)).encode()), us.say(1, 5, {"answer": "and a checkpoint"}))
back = [n for n in us.got[8] if n.startswith(text.encode())]
raw = base64.b64decode(back[0].decode().split(" ")[-1]) if back else bytes(76)
ok(raw[:4] == H(b"CN\n\4", us.theirs[0]["signing"])[:4] and verify(us.theirs[0]["signing"], b"cosignature/v1\ntime %d\n" % int.from_bytes(raw[4:12], "big") + text.encode(), raw[12:]),
   "our checkpoint comes back cosigned", us.got[8])
theirs = next(n for n in us.got[8] if n not in back).decode().split("\n")
ok(base64.b64decode(theirs[2]) == tree([us.heard[1, i + 1]["bytes"] for i in range(int(theirs[1]))]), "theirs has the root of what we hold", theirs)

shutil.copytree(work / "cn", work / "copy")
later = send("said after the copy was made")
turn()
turn(receipt(later))
shutil.rmtree(work / "cn")
(work / "copy").rename(work / "cn")
refused = desk("channel", "send", "us", "--type", "comms-check", "--body", "-", said='{"text": "x"}')
turn()
question = us.got[3][-1]
turn(us.head(question))
turn(*[(2, us.heard[1, n]["all"]) for _, e, first_n, last_n in [struct.unpack(">BIQQ", w) for w in us.got[5] if w[0] == 0] for n in range(first_n, last_n + 1)])
ok(refused.returncode == 16 and not status()["fenced"] and status()["sent"] == 3, "restored from a copy it signs nothing until we gave back what it had said", status())
turn(*[(2, all_of) for _, all_of in us.mine])

desk("desk", "rotate")
turn()
ok(us.theirs[-1]["epoch"] == 2 and us.heard[2, 1]["type"] == 200 and us.heard[2, 1]["body"]["card"].encode() == us.theirs[-1]["note"], "it rotates: card, key statement", us.heard.keys())
us.begin()
log = turn((1, us.card["note"]), us.say(1, 5, {"answer": "sealed to epoch 2, said in ours"}), receipt(us.heard[2, 1]["hash"]))
ok("event=card epoch=2" in log and "event=stored epoch=2 seq=2" in log, "we rotate, too", log)
again = send("to epoch 2")
turn()
ok(us.heard[max(us.heard)]["hash"] == again or any(h["hash"] == again for h in us.heard.values()), "and it seals to our epoch 2", us.heard.keys())
turn(receipt(again))
checked = desk("channel", "verify", "us")
ok(checked.returncode == 0 and status()["outstanding"] == 0, "everything verifies on its side", checked.stderr)
proved = [desk("channel", "evidence", "us", "--seq", n, "--epoch", e, "--claim", claim, "-o", work / claim, *more) for claim, e, n, more in
          (("got-it", 1, 1, []), ("said-it", 1, 2, ["--theirs", "--disclose"]))]
ok(not any(p.returncode for p in proved) and not any(subprocess.run([SOURCE / "tools/verify-bundle", work / claim], capture_output=True, check=False).returncode for claim in ("got-it", "said-it")),
   "and proves to a third party what we said and what we got", proved)
turn((7, u32(5)))
last = us.say(1, 5, {"answer": "twice"})
us.mine.pop()
turn(last)
turn(us.say(1, 5, {"answer": "twice, differently"}))
ok(status()["equivocated"] and not desk("channel", "evidence", "us", "--claim", "equivocation", "-o", work / "twice").returncode, "one number for two statements is kept as a proof", status())
shutil.rmtree(work)
print(f"1..{number}")
sys.exit(wrong > 0)
