#!/usr/bin/env python3
"""The channel against its limits, measured in the same run: fdatasync of a kilobyte, bare signature verification; and against its peers
where they are installed: mosquitto (QoS 2, client certificates, every change saved), NNCP (files of one kilobyte through a folder),
postfix with S/MIME (needs root). Both desks commit with fsync, sign, seal and receipt; all seconds are wall time.

PARLEY_BENCH_STATEMENTS sets the count (2000), PARLEY_BENCH_BACKLOG what waits each way before the FLASH (10000),
PARLEY_BENCH_VERIFY the record that is verified (as many as statements), PARLEY_BENCH_PEER the messages given to NNCP and postfix (200)."""
import json
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile
import time

build = os.path.join(os.environ["BUILD"], "bench")
n = int(os.environ.get("PARLEY_BENCH_STATEMENTS", "2000"))
backlog = int(os.environ.get("PARLEY_BENCH_BACKLOG", "10000"))
to_verify = int(os.environ.get("PARLEY_BENCH_VERIFY", str(n)))
few = int(os.environ.get("PARLEY_BENCH_PEER", "200"))
repeats = 3
kilobyte = "x" * 1000


class Folder:
    def __enter__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="parley-bench-"))
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def lines(program, mode, count, *more):
    with Folder() as work:
        return subprocess.run([os.path.join(build, program), work, mode, str(count), *more], check=True, capture_output=True, text=True).stdout.splitlines()


def run(mode, count, *more):
    return [float(x) for x in lines("bench-channel-exchange", mode, count, *more)[0].split()]


def node(mode, count):
    return [float(x) for x in lines("bench-channel-node", mode, count)[0].split()]


def emit(**row):
    print(json.dumps(dict(room="channel", unit="s", **row)), flush=True)


def call(*words, **more):
    return subprocess.run([str(w) for w in words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)


def peer(name, programs, measure):
    """Seconds for the messages, or none with a word on stderr why not."""
    missing = [p for p in programs if not shutil.which(p, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")]
    if missing:
        print(f"{name} is skipped: {', '.join(missing)} not installed", file=sys.stderr)
        return []
    seconds = []
    for _ in range(repeats):
        try:
            with Folder() as work:
                work.chmod(0o755)
                seconds.append(measure(work))
        except (subprocess.SubprocessError, OSError, TimeoutError) as why:
            print(f"{name} is skipped: {why}", file=sys.stderr)
            return []
    return seconds


def free_port():
    import socket
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def certificates(work, *names):
    call("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", work / "ca.key", "-out", work / "ca.crt", "-subj", "/CN=ca", "-days", "2")
    for name in names:
        call("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", work / f"{name}.key", "-out", work / f"{name}.csr", "-subj", f"/CN={name}")
        (work / "ext").write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        call("openssl", "x509", "-req", "-in", work / f"{name}.csr", "-CA", work / "ca.crt", "-CAkey", work / "ca.key", "-CAcreateserial", "-out", work / f"{name}.crt",
             "-days", "2", "-extfile", work / "ext")
    for file in work.iterdir():
        file.chmod(0o644)


def mosquitto(work):
    """From one client to another over the broker, QoS 2 all the way; the broker saves after every change."""
    certificates(work, "localhost", "a", "b")
    port = free_port()
    (work / "store").mkdir()
    (work / "store").chmod(0o777)
    (work / "conf").write_text(f"""listener {port} 127.0.0.1
cafile {work}/ca.crt
certfile {work}/localhost.crt
keyfile {work}/localhost.key
require_certificate true
use_identity_as_username true
allow_anonymous false
persistence true
persistence_location {work}/store/
autosave_on_changes true
autosave_interval 1
max_queued_messages 0
max_inflight_messages 128
""")
    tls = ["-h", "localhost", "-p", str(port), "--cafile", str(work / "ca.crt"), "-q", "2", "-t", "t"]
    broker = subprocess.Popen([shutil.which("mosquitto", path="/usr/sbin:" + os.environ["PATH"]), "-c", work / "conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        reader = subprocess.Popen(["mosquitto_sub", *tls, "--cert", work / "b.crt", "--key", work / "b.key", "-i", "b", "-c", "-C", str(n)], stdout=subprocess.DEVNULL)
        time.sleep(1)
        start = time.monotonic()
        call("mosquitto_pub", *tls, "--cert", work / "a.crt", "--key", work / "a.key", "-i", "a", "-c", "-l", input=(kilobyte + "\n").encode() * n, timeout=300)
        if reader.wait(timeout=300):
            raise OSError("mosquitto_sub failed")
        return time.monotonic() - start
    finally:
        broker.terminate()
        broker.wait()


def nncp(work):
    """Files of a kilobyte from one node to another: encrypted, carried through a folder, taken out."""
    conf = {}
    for name in "ab":
        text = subprocess.run(["nncp-cfgnew", "-nocomments"], check=True, capture_output=True, text=True).stdout
        (work / name / "incoming").mkdir(parents=True)
        (work / name / "spool").mkdir()
        conf[name] = text.replace("/var/spool/nncp/log", f"{work}/{name}/log").replace("/var/spool/nncp", f"{work}/{name}/spool")
    import re
    public = {}
    for name in "ab":
        own = re.search(r"self: \{(.*?)\n  \}", conf[name], re.S)[1]
        public[name] = {k: re.search(rf"\b{k}: (\S+)", own)[1] for k in ("id", "exchpub", "signpub")}
    for name, other in ("ab", "ba"):
        p = public[other]
        conf[name] = re.sub(r"neigh: \{", f"neigh: {{\n    other: {{\n      id: {p['id']}\n      exchpub: {p['exchpub']}\n      signpub: {p['signpub']}\n      incoming: \"{work}/{name}/incoming\"\n    }}", conf[name], count=1)
        (work / f"{name}.hjson").write_text(conf[name])
    (work / "file").write_text(kilobyte)
    (work / "carried").mkdir()
    start = time.monotonic()
    for i in range(few):
        call("nncp-file", "-quiet", "-cfg", work / "a.hjson", work / "file", f"other:file{i}")
    call("nncp-xfer", "-quiet", "-cfg", work / "a.hjson", "-tx", "-mkdir", work / "carried")
    call("nncp-xfer", "-quiet", "-cfg", work / "b.hjson", "-rx", work / "carried")
    call("nncp-toss", "-quiet", "-cfg", work / "b.hjson")
    seconds = time.monotonic() - start
    if len(list((work / "b" / "incoming").iterdir())) < few:
        raise OSError("not every file arrived")
    return seconds


def postfix(work):
    """Messages signed and encrypted with S/MIME, through a postfix of their own into a Maildir, decrypted and verified."""
    if os.geteuid() != 0:
        raise OSError("needs root")
    certificates(work, "a", "b")
    nobody = pwd.getpwnam("nobody")
    conf, queue, data, home = (work / x for x in ("conf", "queue", "data", "mail"))
    for folder in (conf, queue, data, home):
        folder.mkdir()
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    os.chown(data, pwd.getpwnam("postfix").pw_uid, -1)
    shutil.copy("/usr/share/postfix/master.cf.dist" if os.path.exists("/usr/share/postfix/master.cf.dist") else "/etc/postfix/master.cf", conf / "master.cf")
    text = "\n".join(line for line in (conf / "master.cf").read_text().splitlines() if not line.startswith("smtp      inet"))
    (conf / "master.cf").write_text(text.replace("  -       y       -", "  -       n       -") + "\n")
    (conf / "main.cf").write_text(f"""compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = bench.invalid
mydestination =
inet_interfaces = loopback-only
virtual_mailbox_domains = bench.invalid
virtual_mailbox_base = {home}
virtual_mailbox_maps = static:b/
virtual_uid_maps = static:{nobody.pw_uid}
virtual_gid_maps = static:{nobody.pw_gid}
alternate_config_directories = {conf}
maillog_file =
""")
    (work / "text").write_text("Content-Type: text/plain\n\n" + kilobyte + "\n")
    call("/usr/sbin/postfix", "-c", conf, "start", timeout=60)
    try:
        start = time.monotonic()
        for _ in range(few):
            signed = subprocess.run(["openssl", "smime", "-sign", "-in", work / "text", "-signer", work / "a.crt", "-inkey", work / "a.key"], check=True, capture_output=True).stdout
            sealed = subprocess.run(["openssl", "smime", "-encrypt", "-aes256", "-subject", "s", work / "b.crt"], input=signed, check=True, capture_output=True).stdout
            subprocess.run(["/usr/sbin/sendmail", "-C", conf, "-i", "-f", "a@bench.invalid", "b@bench.invalid"], input=sealed, check=True, capture_output=True)
        new = home / "b" / "new"
        while not new.exists() or len(list(new.iterdir())) < few:
            if time.monotonic() - start > 120:
                raise TimeoutError("postfix did not deliver everything in two minutes")
            time.sleep(.02)
        for message in new.iterdir():
            opened = subprocess.run(["openssl", "smime", "-decrypt", "-in", message, "-recip", work / "b.crt", "-inkey", work / "b.key"], check=True, capture_output=True).stdout
            call("openssl", "smime", "-verify", "-CAfile", work / "ca.crt", "-purpose", "any", input=opened)
        return time.monotonic() - start
    finally:
        subprocess.run(["/usr/sbin/postfix", "-c", conf, "stop"], capture_output=True, check=False)


for name in ("bench-channel-exchange", "bench-channel-node"):
    if not pathlib.Path(build, name).exists():
        raise SystemExit(f"build it first: ninja -C build bench/{name}")
fsync = [run("fsync", 300)[1] for _ in range(repeats)]
one = [run("window", 100, "1") for _ in range(repeats)]
emit(work="one statement and its receipt, window 1 (p50)", ours=[x[2] for x in one], peer="one fdatasync (limit)", theirs=fsync,
     bound="goal: at most 10 times the fsync", note="signed, sealed, committed on both sides, receipted")
wide = [run("window", n, "128") for _ in range(repeats)]
emit(work=f"{n} statements with receipts, window 128, one process", ours=[x[0] for x in wide], peer=f"{n} x (fdatasync)", theirs=[n * x for x in fsync], bound="",
     note=f"{sorted(x[1] for x in wide)[1]:.0f} statements/s; group commit beats one fsync a statement")
verify = [run("verify", to_verify, "1024") for _ in range(1 if to_verify > 100000 else repeats)]
emit(work=f"verify a channel of {int(verify[0][2])} statements", ours=[x[0] for x in verify], peer="bare signature verification (limit)", theirs=[x[1] for x in verify],
     bound="goal: at least 0.8 of the bare rate", note=f"signatures, links, commitments, bodies opened; {verify[0][3]:.2f} s of CPU against {verify[0][4]:.2f}; at most {verify[0][5] / 1e6:.0f} MB of memory")
many = [node("nodes", n) for _ in range(repeats)]
emit(work=f"{n} statements from node to node over TLS, receipted", ours=[x[0] for x in many], peer="mosquitto, QoS 2, client certificates, saved",
     theirs=peer("mosquitto", ["mosquitto", "mosquitto_pub", "mosquitto_sub", "openssl"], mosquitto), bound="goal: at least 2.5 x",
     note=f"{sorted(x[1] for x in many)[1]:.0f} statements/s, start of the nodes included, signed, sealed, fsynced on both desks, receipted; the broker saves every change, at most once a second")
spool = [node("file", few)[0] for _ in range(repeats)]
emit(work=f"{few} statements by the file carrier, receipted", ours=spool, peer="NNCP, files through a folder",
     theirs=peer("NNCP", ["nncp-cfgnew", "nncp-file", "nncp-xfer", "nncp-toss"], nncp), bound="", note="NNCP without receipts")
spool = [node("file", n) for _ in range(repeats)]
emit(work=f"{n} statements by the file carrier, receipted", ours=[x[0] for x in spool], peer=None, theirs=[], bound="goal: at least 1,000/s",
     note=f"{sorted(x[1] for x in spool)[1]:.0f} statements/s; {1000 * sorted(x[2] for x in spool)[1] / n:.2f} ms of CPU and {sorted(x[3] for x in spool)[1] / n:.3f} syncs a statement, both desks")
mail = [node("mail", few)[0] for _ in range(repeats)]
emit(work=f"{few} statements by the mail carrier, receipted", ours=mail, peer="postfix with S/MIME", theirs=peer("postfix", ["postfix", "sendmail", "openssl"], postfix), bound="",
     note="ours from Maildir to Maildir without a mail system, many statements a message; postfix without receipts")
first = [node("flash", backlog) for _ in range(1 if backlog > 2000 else repeats)]
emit(work=f"the first FLASH after reconnection, {backlog} queued each way", ours=[max(x[0], x[1]) for x in first], peer=None, theirs=[], bound="goal: under 1 s",
     note=f"everything is receipted after {first[0][2]:.1f} s")
for line in lines("bench-channel-node", "blocked", 0):
    way, seconds, shown = line.split()
    emit(work=f"20 statements, two of three carriers blocked, {way} left", ours=[float(seconds)], peer=None, theirs=[], bound="goal: delivered once", note=f"{shown} shown on the other side")
