"""A clamd for the tests, on a Unix socket and on a port of the loopback interface. It knows one signature, that of the EICAR test file.

    clamd.py [PORT]

The line `pause` on its standard input stops the server's process, which then accepts connections and answers nothing, and `resume`
lets it go on; each is printed when it is done. A file over 4 MiB is too large for it.

Prints the path of its socket as one line when it answers, and ends the server when its standard input is closed or its parent is gone."""

import os
import pathlib
import shutil

from server import Server, answers, port_argument

# In two parts, so that no scanner finds it in this file.
EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"

CONFIGURATION = """
Foreground yes
LocalSocket {folder}/clamd.sock
TCPSocket {port}
TCPAddr 127.0.0.1
DatabaseDirectory {folder}/database
TemporaryDirectory {folder}
StreamMaxLength 4M
MaxThreads 4
"""


def main():
    server, port = Server("clamd"), port_argument()
    program = shutil.which("clamd", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not program:
        server.fail("clamd is missing; install it with: scripts/install-tests.sh")
    folder = pathlib.Path(server.folder)
    (folder / "database").mkdir()
    (folder / "database" / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.encode().hex()}\n")
    (folder / "clamd.conf").write_text(CONFIGURATION.format(folder=folder, port=port))
    server.start([program, "--config-file", str(folder / "clamd.conf")])
    server.wait(lambda: answers(port, b"zPING\0", b"PONG"))
    server.serve(folder / "clamd.sock", server.obey)


main()
