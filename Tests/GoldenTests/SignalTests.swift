import Foundation
import Testing

/// What ends the reading of a saved capture.
@Suite struct GoldenSignalTests {
    /// It says how far it came, and what was read is shown and counted.
    @Test(arguments: [("INT", 130), ("TERM", 143), ("HUP", 129)])
    func whileMoreMayCome(_ signal: String, _ status: Int) throws {
        let outcome = try Program.shell(
            """
            folder=$(mktemp -d)
            mkfifo $folder/pipe
            env --default-signal=HUP btcshark -r $folder/pipe -l -z bitcoin,tree > $folder/lines 2> $folder/errors &
            exec 3> $folder/pipe
            cat captures/handshake.pcap >&3
            turn=0
            while [ $(wc -l < $folder/lines) -lt 5 ] && [ $turn -lt 600 ]; do turn=$((turn + 1)); sleep 0.05; done
            kill -s \(signal) $!
            wait $!
            echo "status $?"
            grep -c 'Bitcoin/Messages' $folder/lines
            cat $folder/errors >&2
            rm -r $folder
            """)
        #expect(outcome.outputText == "status \(status)\n1\n")
        let said = outcome.errorText.split(separator: "\n")
        #expect(
            said.contains { $0.wholeMatch(of: /btcshark: cut short by SIG[A-Z]+ after [0-9]+ packets/) != nil },
            "\(outcome.errorText)")
        #expect(said.contains { $0.contains("SIG\(signal)") } && said.contains { $0.contains("TCP connection") })
    }

    /// Where nobody takes what is shown: with `-l` that holds up the reading, else all is read.
    @Test(arguments: [true, false])
    func whileNobodyReads(_ isLineBuffered: Bool) throws {
        let outcome = try Program.shell(
            """
            folder=$(mktemp -d)
            mkfifo $folder/pipe
            exec 3<> $folder/pipe
            btcshark -r captures/relay.pcap -V \(isLineBuffered ? "-l" : "") > $folder/pipe 2> $folder/errors &
            turn=0
            until grep -q '^1 0x1 ' /proc/$!/task/*/syscall || [ $turn -gt \(isLineBuffered ? 600 : 40) ]; do
                turn=$((turn + 1))
                sleep 0.05
            done
            kill -s INT $!
            wait $!
            echo "status $?"
            cat $folder/errors >&2
            rm -r $folder
            """)
        #expect(outcome.outputText == "status 130\n", "\(outcome.errorText)")
        #expect(outcome.errorText.contains("nothing reads it, and the program was asked to end"))
        let saysHowFar =
            outcome.errorText.firstMatch(of: /cut short by SIGINT after [0-9]+ packets, [0-9]+% of all\n/) != nil
        #expect(saysHowFar == isLineBuffered, "\(outcome.errorText)")
    }

    /// All was read: no signal came.
    @Test func notCutShort() throws {
        let outcome = try Program.run(["-r", "captures/relay.pcap", "-q"])
        #expect(outcome.status == 0 && !outcome.errorText.contains("cut short"))
    }
}
