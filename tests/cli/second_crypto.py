"""What second_peer.py needs of cryptography, in plain Python from the RFCs: Ed25519 (8032), X25519 (7748), ChaCha20-Poly1305 (8439),
HKDF (5869), HPKE in mode_psk (9180). For tests only: it takes a time that depends on the keys."""
import hashlib
import hmac
import struct

ZERO = bytes(32)


def H(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def u32(n):
    return struct.pack(">I", n)


def u64(n):
    return struct.pack(">Q", n)


P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D, 2 * p[2] * q[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(n, p):
    total = (0, 1, 1, 0)
    for bit in bin(n)[2:]:
        total = add(total, total)
        if bit == "1":
            total = add(total, p)
    return total


def encode(p):
    z = pow(p[2], P - 2, P)
    return (p[1] * z % P | (p[0] * z % P & 1) << 255).to_bytes(32, "little")


def decode(raw):
    y, sign = int.from_bytes(raw, "little") & (2**255 - 1), raw[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    assert x * x % P == square
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


BASE = decode((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def secret(seed):
    h = hashlib.sha512(seed).digest()
    return int.from_bytes(h[:32], "little") & (2**254 - 8) | 2**254, h[32:]


def public(seed):
    return encode(times(secret(seed)[0], BASE))


def challenge(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little") % L


def sign(seed, message):
    a, prefix = secret(seed)
    r = challenge(prefix, message)
    big_r = encode(times(r, BASE))
    return big_r + ((r + challenge(big_r, public(seed), message) * a) % L).to_bytes(32, "little")


def verify(key, message, signature):
    k, s = challenge(signature[:32], key, message), int.from_bytes(signature[32:], "little")
    return s < L and encode(add(times(s, BASE), times(L - k, decode(key)))) == signature[:32]


def x25519(scalar, u=9):
    k, u = int.from_bytes(scalar, "little") & (2**255 - 8) & (2**255 - 1) | 2**254, int.from_bytes(u, "little") & (2**255 - 1) if isinstance(u, bytes) else u
    x2, z2, x3, z3 = 1, 0, u, 1
    for t in reversed(range(255)):
        if k >> t & 1:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        e = aa - bb
        nx3, nz3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        nx2, nz2 = aa * bb % P, e * (aa + 121665 * e) % P
        x2, z2, x3, z3 = (nx3, nz3, nx2, nz2) if k >> t & 1 else (nx2, nz2, nx3, nz3)
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def chacha(key, nonce, counter, data):
    start, out = list(struct.unpack("<16I", b"expand 32-byte k" + key + u32(0) + nonce)), b""
    rounds = [(0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15), (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)] * 10
    for at in range(0, len(data), 64):
        start[12] = counter + at // 64
        s = start[:]
        for a, b, c, d in rounds:
            for x, y, z, n in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                s[x] = s[x] + s[y] & 0xffffffff
                t = s[z] ^ s[x]
                s[z] = (t << n | t >> 32 - n) & 0xffffffff
        stream = struct.pack("<16I", *((i + j) & 0xffffffff for i, j in zip(s, start)))
        out += bytes(i ^ j for i, j in zip(data[at:at + 64], stream))
    return out


def mac(key, nonce, aad, sealed):
    one = chacha(key, nonce, 0, bytes(32))
    r, total = int.from_bytes(one[:16], "little") & 0x0ffffffc0ffffffc0ffffffc0fffffff, 0
    text = b"".join(x + bytes(-len(x) % 16) for x in (aad, sealed)) + struct.pack("<QQ", len(aad), len(sealed))
    for at in range(0, len(text), 16):
        total = (total + int.from_bytes(text[at:at + 16] + b"\1", "little")) * r % (2**130 - 5)
    return (total + int.from_bytes(one[16:], "little") & (2**128 - 1)).to_bytes(16, "little")


def extract(salt, ikm):
    return hmac.digest(salt or ZERO, ikm, "sha256")


def expand(prk, info, n):
    return hmac.digest(prk, info + b"\1", "sha256")[:n]


def hkdf(salt, ikm, info, n):
    return expand(extract(salt, ikm), info, n)


KEM, SUITE = b"KEM\0\x20", b"HPKE\0\x20\0\1\0\3"


def labelled(suite, label, ikm, salt=b""):
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def expanded(suite, prk, label, info, n):
    return expand(prk, struct.pack(">H", n) + b"HPKE-v1" + suite + label + info, n)


def hpke(dh, enc, recipient, info, psk, psk_id):
    shared = expanded(KEM, labelled(KEM, b"eae_prk", dh), b"shared_secret", enc + recipient, 32)
    context = b"\1" + labelled(SUITE, b"psk_id_hash", psk_id) + labelled(SUITE, b"info_hash", info)
    prk = labelled(SUITE, b"secret", psk, shared)
    return expanded(SUITE, prk, b"key", context, 32), expanded(SUITE, prk, b"base_nonce", context, 12)
