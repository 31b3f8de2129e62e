"""Opens a capture in termshark on a terminal of its own, with the tshark of a folder, and prints what it showed.

Arguments: the folder, which also holds termshark's settings, the capture, and a text to wait for, 30 seconds at most.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

FOLDER, CAPTURE, TEXT = sys.argv[1:]

os.makedirs(os.path.join(FOLDER, "termshark"), exist_ok=True)
with open(os.path.join(FOLDER, "termshark", "termshark.toml"), "w") as settings:
    settings.write(f'[main]\n  tshark = "{FOLDER}/tshark"\n')

child, terminal = pty.fork()
if child == 0:
    os.environ.update(
        XDG_CONFIG_HOME=FOLDER,
        XDG_CACHE_HOME=FOLDER,
        HOME=FOLDER,
        TERM="xterm-256color",
        LC_ALL="C.UTF-8",
        PATH=f"{FOLDER}:{os.environ['PATH']}",
    )
    os.execvp("termshark", ["termshark", "-r", CAPTURE])

fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 160, 0, 0))
shown = b""
screen = ""
end = time.monotonic() + 30
while time.monotonic() < end and TEXT not in screen:
    if not select.select([terminal], [], [], 0.5)[0]:
        continue
    try:
        piece = os.read(terminal, 65536)
    except OSError:
        break
    if not piece:
        break
    # It asks where the cursor is.
    if b"\x1b[6n" in piece:
        os.write(terminal, b"\x1b[1;1R")
    shown += piece
    text = re.sub(r"\x1b(\[[0-9;?]*[a-zA-Z]|\(B|\]8;;[^\\\x07]*(\x1b\\|\x07))", " ", shown.decode("utf-8", "replace"))
    screen = re.sub(r"\s+", " ", text)
os.kill(child, signal.SIGKILL)
os.waitpid(child, 0)
print(screen)
