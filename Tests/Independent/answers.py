#!/usr/bin/env python3
"""Answers of what `btcshark -z` is asked, computed by other code over the same bytes: tests hold them against each other.

    answers.py FILE [--node ADDR[,ADDR]] [--keylog FILE]    the answers, a line of JSON each, then the pairs
    answers.py FILE … --ask NAME[,NAME]                     the answers of these questions only, in this order
    answers.py --message-capture FOLDER                     what a node asked one peer by hash or nonce, and what came
    answers.py --asked FILE SIDE [--keylog FILE]            the same of one side of a capture's only connection

It reads captures in which nothing is missing: it knows no holes in a stream, no cut messages and no fragments.
"""
import sys
from analysis import Analysis
from blocks_question import blocks
from bytes_question import bytes as bytes_answer
from capture_question import capture
from census_question import census
from compact_blocks_question import cmpctblock
from connections_question import connections
from forms import write
from identity_question import identity
from message_captures import pairs_of, show_key
from relay_question import relay
from streams import Message
from times_questions import latency, requests
from violations_question import violations

QUESTIONS = {"capture": capture, "connections": connections, "bytes": bytes_answer, "latency": latency,
             "requests": requests, "relay": relay, "blocks": blocks, "cmpctblock": cmpctblock,
             "identity": identity, "violations": violations,
             "census": census}


def pairs(analysis):
    """Lines with the numbers of the asking and of the answering message, and the time between in the clock's ticks."""
    messages = sorted((m for c in analysis.bitcoin for m in c.messages), key=Message.order)
    numbers = {m: index + 1 for index, m in enumerate(messages)}
    found = [r for c in analysis.bitcoin for side in c.requests for r in side if r.answer]
    # Of two messages it is said once, whatever one has asked of the other.
    lines = {(numbers[r.answer], numbers[r.message], r.seconds) for r in found}
    return ["pair %d %d %d" % (asked, answered, ticks) for answered, asked, ticks in sorted(lines)]


def main(arguments):
    values = {"--node": None, "--keylog": None, "--message-capture": None, "--asked": None, "--ask": None}
    files = []
    words = iter(arguments)
    for word in words:
        if word in values:
            values[word] = next(words)
        else:
            files.append(word)
    if values["--message-capture"]:
        print("\n".join(pairs_of(values["--message-capture"])))
        return
    if values["--asked"]:
        analysis = Analysis(values["--asked"], None, values["--keylog"])
        (connection,) = analysis.bitcoin
        for r in connection.requests[int(files[0])]:
            if r.answer and r.kind != "headers":
                print(r.kind, show_key(r), r.answer.command)
        return
    analysis = Analysis(files[0], values["--node"], values["--keylog"])
    if values["--ask"]:
        for name in values["--ask"].split(","):
            print(write(QUESTIONS[name](analysis)))
        return
    for question in (capture, connections, bytes_answer, latency, requests):
        print(write(question(analysis)))
    for line in pairs(analysis):
        print(line)


if __name__ == "__main__":
    main(sys.argv[1:])
