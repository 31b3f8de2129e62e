"""What `compare` asks btcshark: each form of output over all that there is to read."""

import collections
import glob
import os
import subprocess

from compare_inputs import ROOT, captures, inputs_of_tests, pasted

Run = collections.namedtuple("Run", "name arguments shell input folder", defaults=(None, None, None, False))

MACHINE = ["json", "ek", "pdml", "ndjson"]
# One run each over every capture.
FORMS = [
    "", "-q", "-V", "-x", "-V -x", "-V -x --full", "--annotate", "--annotate --full", "--color always",
    "-V -x --color always", "-P -V -c 7", "-t ud", "-t dd -u hms", "-t e -l", "--full",
    "-T tabs", "-T json", "-T json -x", "-T jsonraw", "-T ek", "-T pdml", "-T ndjson",
    "-T fields -e bitcoin.command", "-T fields -e bitcoin.ping.nonce", "-T fields -e bitcoin.tx.txid",
    "-T fields -E header=y -E separator=, -E quote=d -E occurrence=f -e frame.number -e ip.src -e tcp.port -e tcp.stream"
    " -e _ws.col.info -e bitcoin.command -e bitcoin.inv.hash -e bitcoin.tx.out.value -e _ws.expert.message",
    "-T fields -E aggregator=; -e frame.number -e ipv6.src -e frame.time_epoch -e bitcoin.inv.type"
    " -e bitcoin.version.user_agent -e bitcoin.length -e bitcoin.checksum.status -e bitcoin.gap.length",
    "-q -z bitcoin,tree", "-q -z conv,tcp", "-q -z expert", "-T ndjson -q -z bitcoin,tree -z conv,tcp -z expert",
    "-z bitcoin,tree bitcoin.inv", "-Y bitcoin.ping", "-Y bitcoin.tx||bitcoin.block -V", "-Y _ws.expert -V",
    "-Y _ws.malformed", "-Y bitcoin.gap -V", "-Y bitcoin.inv.type==MSG_WTX -T ndjson", "-Y count(bitcoin.tx.out)>1 -q",
    "-Y tcp.srcport==8333&&bitcoin.length>100 -T fields -e frame.number -e bitcoin.command",
    '-Y _ws.col.info~"a" -c 20', '-Y _ws.expert.severity=="Error" -T ndjson', "-Y bitcoin.tx.txid -T json",
    "--gap-grace 0", "--stream-limit 1 --memory-limit 1 -V", "-d tcp.port==7777,bitcoin -V",
] + [f"-T {name} -e bitcoin.command -e bitcoin.inv.hash -e bitcoin.ping.nonce" for name in MACHINE]
# A program that writes a capture, or objects into a folder.
WRITING = ["-w FILE", "-w FILE bitcoin.inv||bitcoin.tx", "-P -w FILE -c 9"]
OBJECTS = ["--export-objects FOLDER", "--export-objects bitcoin,FOLDER --hex -q bitcoin.tx"]
# Of a capture with a key log also without it; and what is only for these.
ENCRYPTED = ["", "-V", "-T ndjson", "-q"]
DECRYPTED = ["--encrypted -V -x", "--encrypted -x -c 9"]
PASTED = [
    "", "-V", "-V -x --full", "--annotate", "-T tabs", "-T json", "-T jsonraw", "-T ek", "-T pdml", "-T ndjson",
    "-T fields -e bitcoin.command -e bitcoin.length -e _ws.expert.message", "-V --network testnet4", "-Y _ws.expert",
    "-q -z expert",
]
# Of cut messages, and of those with a header.
PASTED_FEW = ["", "-V", "-T ndjson"]
ALONE = [
    "--help", "-h", "-G fields", "-G messages", "-G expert", "-G manual", "-G nonsense", "", "--print-key-probe nothing",
    "--generate-completion-script bash", "--generate-completion-script zsh", "--generate-completion-script fish",
    "-r nothing", "-r nothing -T ndjson", "--nonsense", "-i nothing",
]


def words(form):
    return form.split(" ") if form else []


def every_field(binary):
    """-e of each field there is, some hundreds at a time."""
    lines = subprocess.run([binary, "-G", "fields"], stdout=subprocess.PIPE).stdout.decode().splitlines()
    names = [line.split("\t")[2] for line in lines if line.startswith("F\t")]
    for at in range(0, len(names), 400):
        yield at, [word for name in names[at : at + 400] for word in ("-e", name)]


def all_runs(folder, old, more):
    for form in ALONE:
        yield Run("alone " + form, words(form))
    fields = list(every_field(old))
    for name, read, keys in captures(folder, more):
        with_keys = read + (["--keylog", keys] if keys else [])
        is_capture = not name.startswith("captures/message-capture")
        for form in FORMS + (DECRYPTED if keys else []):
            yield Run(f"{name}: {form}", with_keys + words(form))
        for at, options in fields:
            yield Run(f"{name}: -T fields -e … (from {at})", with_keys + ["-T", "fields"] + options)
        if is_capture:
            for form in WRITING:
                yield Run(f"{name}: {form}", with_keys + words(form), folder=True)
        for form in OBJECTS:
            yield Run(f"{name}: {form}", with_keys + words(form), folder=True)
        if keys:
            for form in ENCRYPTED:
                yield Run(f"{name} without keys: {form}", read + words(form))
        if is_capture:
            yield Run(f"{name} as standard input: ", ["-r", "-"] + with_keys[2:], input=read[1])
            for form in ["", "-V", "-q"]:
                other = ["-r", os.path.join(ROOT, "captures/handshake.pcap")]
                yield Run(f"{name} and handshake.pcap: {form}", with_keys + other + words(form))
    for name, options, text, is_whole in pasted():
        for form in PASTED if is_whole else PASTED_FEW:
            yield Run(f"pasted {name}: {form}", ["--decode", "-"] + options + words(form), input=text.encode())
    for path in sorted(glob.glob(os.path.join(ROOT, "Tests/GoldenTests/Transcripts/*.transcript"))):
        with open(path) as file:
            for line in file:
                if line.startswith("$ ") and ("Inputs/" not in line or inputs_of_tests()):
                    yield Run(f"{os.path.basename(path)}: {line[2:-1]}", shell=line[2:-1])
