#!/usr/bin/env python3
"""Checks a bundle of `cxt audit export`. Needs Python 3.8 or newer, nothing else; docs/audit-format.md has the format.

Exit codes: 0 everything fits; 1 something does not, and is named; 2 wrong usage, or no bundle can be read."""
import argparse, base64, hashlib, json, os, re, sys, zipfile, zlib

NAMES = ("chain seq at event interaction_id part source actor http_status attempt latency_ms payload_hash"
         " reason conversation_id detail config").split()
LINE = re.compile(r"(?P<text>(?:cxt-checkpoint-(?P<form>[12])|cxt-closing-1) (?P<chain>[\w-]{1,64}) (?P<seq>\d{1,18})"
                  r" (?P<hash>[0-9a-f]{64}) (?P<at>[-:.\dTZ]{27})(?: (?P<closed>[-:.\dTZ]{27}) \d{1,18} [0-9a-f]{64})?"
                  r"(?: (?P<chains>\d{1,9}) (?P<seq2>\d{1,18}) (?P<hash2>[0-9a-f]{64}))? (?P<key>[0-9a-f]{16}) )"
                  r"(?P<signature>[\w-]{85}[AQgw])", re.ASCII)
class Misfit(Exception): """What does not fit, in words."""
P, Q = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # Ed25519: RFC 8032, section 5.1
D = -121665 * pow(121666, P - 2, P) % P
def add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    x, t, z, y = f - e, h - g, h + g, f + e
    return x * t % P, z * y % P, t * z % P, x * y % P
def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y % 2**255
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and sign):
        return None
    return (x, y, 1, x * y % P) if x & 1 == sign else (P - x, y, 1, -x * y % P)
BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
def signed(public, text, signature):
    """True when the signature of 64 bytes is that of the text: S·B = R + k·A, computed as S·B + (q-k)·A = R."""
    a, s = point(public), int.from_bytes(signature[32:], "little")
    if a is None or s >= Q:
        return False
    k = Q - int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % Q
    table, sum_ = (None, BASE, a, add(BASE, a)), (0, 1, 1, 0)
    for i in range(253, -1, -1):
        sum_, both = add(sum_, sum_), (s >> i & 1) + 2 * (k >> i & 1)
        sum_ = add(sum_, table[both]) if both else sum_
    x, y = (value * pow(sum_[2], P - 2, P) % P for value in sum_[:2])
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]
def key(pem, name="key.pem", error=Misfit):
    """(id, 32 bytes) of the first PUBLIC KEY block."""
    block = re.search(r"-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]*)-----END PUBLIC KEY-----", pem)
    der = base64.b64decode(block.group(1)) if block else b""
    if der[:12] != bytes.fromhex("302a300506032b6570032100") or len(der) != 44:
        raise error("%s holds no Ed25519 public key" % name)
    return hashlib.sha256(der).hexdigest()[:16], der[12:]
def b64(text): return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
def digest(before, event):  # a length counts UTF-16 code units, as Java and JavaScript do
    text = before
    for value in (event[name] for name in NAMES):
        text += "-" if value is None else "%d:%s" % (len(str(value).encode("utf-16-le")) // 2, value)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()

def checkpoints(lines, where, keys, known, closed):
    """Adds what signed lines say to `known`, (chain, seq) -> [(hash, words)], and `closed`. Returns the most chains that one counts."""
    most = 0
    for number, line in enumerate((each for each in lines if each.endswith("\n")), 1):  # else cut off by a crash
        words, found = "%s line %d" % (where, number), LINE.fullmatch(line.rstrip("\n"))
        if not found or (found["form"] == "2") == (not found["chains"]) or (not found["form"]) == (not found["closed"]):
            raise Misfit(words + " is no checkpoint")
        if found["key"] not in keys:
            raise Misfit("%s is signed with the key %s, which is not one of %s" % (words, found["key"], ", ".join(keys)))
        if not signed(keys[found["key"]], found["text"].encode(), b64(found["signature"])):
            raise Misfit(words + " was changed: its signature does not fit")
        known.setdefault((found["chain"], int(found["seq"])), []).append((found["hash"], words))
        if found["closed"]:
            closed[found["chain"]] = "events 1 to %s, up to %s, were pruned at %s" % found.group("seq", "at", "closed")
        if found["chains"]:
            known.setdefault(("operator", int(found["seq2"])), []).append((found["hash2"], words))
            most = max(most, int(found["chains"]))
    return most

def files(copy):
    """The files of a folder as cxt copies it to, one for each chain; a file itself."""
    if not os.path.isdir(copy):
        return [copy]
    found = sorted(os.path.join(copy, name) for name in os.listdir(copy) if name.endswith(".checkpoints"))
    if not found:
        raise OSError("%s holds no file CHAIN.checkpoints" % copy)
    return found

def check(path, key_files, copies):
    bundle, total, unsigned = zipfile.ZipFile(path), 0, []
    if sorted(bundle.namelist()) != ["checkpoints", "events.ndjson", "key.pem", "manifest.json", "manifest.sig"]:
        raise Misfit("it does not hold exactly the five files of a bundle, but %s" % ", ".join(bundle.namelist()))
    text = bundle.read("manifest.json")
    own_id, own = key(bundle.read("key.pem").decode("ascii"))
    given = dict(key(open(name, encoding="ascii", errors="replace").read(), name, OSError) for name in key_files)
    if given and given.get(own_id) != own:
        raise Misfit("key.pem: the bundle is signed with the key %s, and you gave %s" % (own_id, ", ".join(given)))
    line = bundle.read("manifest.sig").decode("ascii").rstrip("\n")
    start = "cxt-audit-1 %s %s " % (hashlib.sha256(text).hexdigest(), own_id)
    if not line.startswith(start) or not signed(own, start.encode(), b64(line[len(start):])):
        raise Misfit("manifest.json was changed, or is not signed with the key %s" % own_id)
    manifest, keys, known, closed = json.loads(text), {own_id: own, **given}, {}, {}
    lines = bundle.read("checkpoints").decode("ascii").splitlines(keepends=True)
    most = checkpoints(lines, "checkpoints", keys, known, closed)
    for name in (each for copy in copies for each in files(copy)):
        most = max(most, checkpoints(open(name, encoding="ascii"), name, keys, known, closed))
    if most > len(manifest["chains"]):
        raise Misfit("a checkpoint counts %d chains, and the bundle has %d" % (most, len(manifest["chains"])))
    sums = {name: hashlib.sha256() for name in manifest["files"]}
    with bundle.open("events.ndjson") as events:
        for part in manifest["chains"]:
            chain, seq, hash_, last = part["chain"], part["before"]["seq"], part["before"]["hash"], part["last"]["seq"]
            unsigned += [] if seq == last or any(at[0] == chain for at in known) else [chain]
            known.setdefault((chain, 0), []).append(("0" * 64, "the format"))
            while True:
                for told, words in known.get((chain, seq), []):
                    if told != hash_:
                        raise Misfit("chain %s: event %d is not the one that %s has" % (chain, seq, words))
                if seq == last:
                    break
                raw = events.readline()
                sums["events.ndjson"].update(raw)
                event = json.loads(raw) if raw else None
                if event is None or event["chain"] != chain:
                    raise Misfit("chain %s: it ends with event %d, and %d is its last" % (chain, seq, last))
                if event["seq"] != seq + 1:
                    raise Misfit("chain %s: event %d is followed by %s" % (chain, seq, event["seq"]))
                if digest(hash_, event) != event["hash"]:
                    raise Misfit("chain %s: event %d was changed, or the one before it was" % (chain, event["seq"]))
                seq, hash_, total = seq + 1, event["hash"], total + 1
            if hash_ != part["last"]["hash"]:
                raise Misfit("chain %s: event %d is not the one that the manifest has" % (chain, seq))
        if events.readline():
            raise Misfit("events.ndjson goes on after event %d of chain %s" % (seq, chain))
    for name, sum_ in sums.items():
        sum_.update(b"" if name == "events.ndjson" else bundle.read(name))
        if sum_.hexdigest() != manifest["files"][name]:
            raise Misfit("%s does not have the SHA-256 that the manifest has" % name)
    print("OK %d events in %d chains, %s to %s, %d checkpoints, key %s%s" % (
        total, len(manifest["chains"]), manifest["from"], manifest["to"], len(lines), own_id,
        "" if given else ", which is the bundle's own: compare it"))
    print("".join("chain %s: %s\n" % each for each in closed.items()), end="")
    for chain in unsigned:
        print("chain %s: no checkpoint in the bundle; the manifest alone vouches for it" % chain)

def main():
    usage = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usage.add_argument("bundle")
    usage.add_argument("--key", action="append", default=[], metavar="PEM",
                       help="a public key that you have from elsewhere; without one, compare the id that is printed")
    usage.add_argument("--checkpoints", action="append", default=[], metavar="PATH",
                       help="copies of checkpoints from elsewhere, a file or a folder: they are held against the events, too")
    given = usage.parse_args()
    try:
        check(given.bundle, given.key, given.checkpoints)
    except Misfit as e:
        sys.exit(print("BROKEN", e) or 1)
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as e:
        sys.exit(print("Cannot read it: %s" % e, file=sys.stderr) or 2)
    except (KeyError, TypeError, AttributeError, ValueError) as e:
        sys.exit(print("BROKEN something is missing, or not in its form: %r" % e) or 1)
main()
