import Fields
import Insight
import Output

/// `-G statistics`: the manual page btcshark-statistics(7), written from the declarations.
public enum StatisticsPage {
    public static func append(to text: inout TextBuffer) {
        text.append(beginning)
        text.append(
            """
            .Sh QUESTIONS
            They are answered of the whole capture, whatever a display filter shows.
            Beside the keys below every answer has
            .Va statistic ,
            its name, and
            .Va schema ,
            which is 1 until the meaning of a key changes.
            In brackets stand what the values are and the title in the table, if the table has the column as it is.

            """)
        for question in QuestionName.allCases { append(question, to: &text) }
        text.append(
            """
            .Sh STATISTICS
            They count the messages that are shown, so a display filter limits them, and have neither a summary nor
            metrics.
            Rows of bytes that could not be read, and of other connections together, have only some of the keys.

            """)
        for statistic in Statistic.allCases {
            text.append(".Ss \(Roff.escaped(statistic.rawValue))\n\(Roff.sentence(statistic.meaning)).\n")
            append(statistic.columns, to: &text)
        }
        text.append(end)
    }

    private static func append(_ question: QuestionName, to text: inout TextBuffer) {
        text.append(".Ss \(question.rawValue)\n\(Roff.sentence(question.meaning)).\n")
        let (head, rows) = question.columns
        text.append(".Pp\nThe answer has these keys:\n")
        append(head, to: &text)
        if !rows.isEmpty {
            text.append(".Pp\nEach of its rows has these:\n")
            append(rows, to: &text)
        }
        for list in question.words {
            text.append(".Pp\n\(Roff.escaped("\(list.title)"))\n.Pq Va \(Roff.escaped("\(list.key)")) :\n")
            text.append(".Bl -tag -width Ds\n")
            for (word, meaning) in list.words {
                text.append(".It Li \(Roff.escaped(word))\n\(Roff.sentence(meaning)).\n")
            }
            text.append(".El\n")
        }
        appendMetrics(question, head + rows, to: &text)
    }

    private static func append(_ columns: [Column], to text: inout TextBuffer) {
        text.append(".Bl -tag -width Ds\n")
        for column in columns where column.isMember {
            let title = column.title.map { "\($0)" } ?? ""
            text.append(".It Va \(Roff.escaped("\(column.key)"))\n\(Roff.sentence("\(column.meaning)"))\n")
            text.append("(\(column.unit.name)\(title.isEmpty ? "" : "; \(Roff.escaped(title))")).\n")
        }
        text.append(".El\n")
    }

    private static func appendMetrics(_ question: QuestionName, _ columns: [Column], to text: inout TextBuffer) {
        let labels = columns.compactMap { column in
            if case .label = column.metric { "\(column.key)" } else { nil }
        }
        text.append(".Pp\nIts metrics")
        if !labels.isEmpty {
            text.append(
                ", those of rows with the label\(labels.count > 1 ? "s" : "")\n.Va "
                    + labels.map(Roff.escaped).joined(separator: " , ") + " :\n")
        } else {
            text.append(":\n")
        }
        text.append(".Bl -tag -width Ds -compact\n")
        for column in columns {
            guard let name = question.metricName(of: column) else { continue }
            let by = if case .counters(let label) = column.metric { " for each \(label)" } else { "" }
            text.append(".It Va \(Roff.escaped(name.text))\n\(Roff.sentence(name.kind.rawValue))\(by)")
            // A histogram is no key, so nothing else says what it has.
            text.append(column.isMember ? "\n" : ": \(Roff.escaped("\(column.meaning)"))\n")
        }
        text.append(".El\n")
    }

    private static var beginning: String {
        """
        .\\" Written by btcshark -G statistics: do not edit.
        .Dd November 29, 2026
        .Dt BTCSHARK-STATISTICS 7
        .Os
        .Sh NAME
        .Nm btcshark-statistics
        .Nd what btcshark tells of a whole capture
        .Sh DESCRIPTION
        .Xr btcshark 1
        with
        .Fl z Ar name
        answers a question about a capture at its end.
        .Fl z
        may be repeated: all is found in one pass, and answered in the order in which it was asked.
        .Fl z Cm help
        lists the names.
        Messages are printed before, unless
        .Fl q
        is given.
        .Bl -tag -width Ds
        .It Fl z Ar name
        A table for people.
        It leaves out columns in which no row has anything, and has
        .Li -
        where nothing is known.
        .It Fl z Ar name Fl \\-json
        One object on one line, and nothing else is printed:
        .Va statistic ,
        .Va schema ,
        the keys of the answer, and in
        .Va rows
        the rows.
        .It Fl z Ar name Fl T Cm ndjson
        A line for each row, after one with the keys of the answer, whose
        .Va row
        is
        .Li summary .
        .It Fl i Ar interface Fl z Ar name
        Live it is answered at the end, and SIGUSR1 asks for the answers so far, on standard output.
        .It Fl \\-metrics Ar file
        The numbers for Prometheus, see
        .Sx METRICS .
        .El
        .Sh THE NODE
        A capture of a node tells what it sent from what it received.
        The node is named by
        .Fl \\-node Ar address ,
        or
        .Ar address : Ns Ar port ,
        several with commas.
        Else it is, the first that is known:
        the addresses of the interface that is captured from;
        the sender of outgoing packets in Linux cooked frames;
        the one address at an end of every Bitcoin connection, unless one has the same address at both;
        of two connections or more, the one address and port at an end of each.
        The key
        .Va node_source
        says which:
        .Li option , interface , capture , address , endpoint .
        .Pp
        .Va flow
        is
        .Li sent
        or
        .Li received
        of the node, and
        .Li other
        of connections without it; where the node is not known,
        .Li from_initiator
        or
        .Li from_responder ,
        the side that opened the connection and the other, or
        .Li unknown .
        .Va measures
        says whose time an answer took: that of the
        .Li peer ,
        with the network's, where the node asked; that of the
        .Li node
        where the peer did.
        .Sh NUMBERS
        A message is complete when all bytes of its connection up to its end have come; its first byte's time is that of the
        frame that brought it.
        Of bytes that came more than once the first copy counts.
        .Pp
        Messages are paired by what they contain, hash or nonce, one to one; the oldest request that an answer fits is the
        one it answers, and the answer begins in a later frame.
        A time of an answer is from the request's last byte to the answer's first one, so that it includes waiting behind
        earlier requests, but not the time to send a large block.
        Each request ends in one way:
        .Li answered , notfound , unanswered , unclear
        or
        .Li open .
        Nobody counts as silent whose answer may be among bytes that were not captured: such a request is unclear.
        Messages with a wrong checksum and cut ones neither ask nor answer.
        .Pp
        Seconds have all the digits of the capture's clock; those that are not since 1970
        .Pq Va epoch
        nor a span are since the first frame.
        Tables show spans with three digits and their unit,
        .Li 197 \\(mcs , 2.01 s , 1m53s .
        Percents are rounded to two decimals.
        .Va p50
        of some times is the least that half of them do not exceed, and
        .Va p95
        the least that 95 of 100 do not exceed; of fewer than five times neither is known.
        Beyond 1,000 times of a row they have two significant digits; the least and the greatest are exact.
        .Pp
        .Li null ,
        and
        .Li -
        in a table, is what the capture does not tell, what does not apply to that row, or a share of nothing.
        It is never a zero.
        Every key is in every answer and row.
        Texts that peers have chosen are safe to print.
        .Pp
        Memory is bounded.
        10,000 connections have rows, and those after them are counted together in a row
        .Li other ,
        where the question has one; 50,000 requests of a direction and 1,000,000 of all may wait.
        10,000 announced blocks have rows, and 262,144 sides of connections that announced, sent or asked for a block are
        remembered, with 100,000 block messages.
        Beyond that old blocks that nobody announced go first, which are counted in rows
        .Li sync
        all the same; then the oldest announced block goes into the row
        .Li other .
        Where more was known at once than is remembered,
        .Va complete_until_seconds
        says from when on the figures of that question are partial, and a line under its table of what there was too much.

        """
    }

    private static var end: String {
        """
        .Sh METRICS
        .Fl \\-metrics Ar file
        writes the questions that
        .Fl z
        asks, or all of them where it asks none, into
        .Ar file ,
        in Prometheus' text format 0.0.4, as its node exporter's textfile collector reads it.
        With
        .Fl i
        the file is written at once, every 10 seconds, and at the end; else at the end.
        It is replaced in one step, by
        .Ar file Ns .tmp
        beside it, and keeps its permissions; so the user who writes it, with
        .Fl Z
        the one who is left, must be allowed to write to its folder.
        Where it cannot be written that is reported once, the capture goes on, and the status at the end is 2.
        .Pp
        A metric is called
        .Li btcshark_ Ns Ar question Ns _ Ns Ar key ,
        with
        .Li _total
        after it if it is a counter.
        .Li btcshark_build_info
        has the program's version as its label, and is 1.
        What nobody knows has no line, and labels that would be null are left out.
        Times are histograms, whose buckets end at 0.0001, 0.0002, 0.0005 and so on up to 100 seconds.
        .Pp
        Counters never fall while a capture goes on.
        Where counts of some rows may fall, since what is known of their bytes changes, these are gauges of the same name
        without
        .Li _total ,
        and have no histogram: rows whose
        .Va flow
        is unknown; in
        .Cm bytes
        those of
        .Li no_message , encrypted , retransmitted
        and
        .Li other_tcp ;
        in
        .Cm connections
        those that cannot be read.
        Of an interface without addresses name the node by
        .Fl \\-node :
        else it is found only when there are several connections, and
        .Va flow
        has other values from then on.
        .Pp
        .Cm connections
        and
        .Cm latency
        have metrics for each connection, also for those that have ended, so over weeks ask only for
        .Cm capture , bytes
        and
        .Cm requests .
        No more than 20,000 rows of a question are written.
        .Sh EXAMPLES
        Which requests were slow?
        .Dl btcshark -r capture.pcap -q -z requests
        .Pp
        How many bytes on the wire did each command cost?
        .Dl btcshark -r capture.pcap --json -z bytes | jq -r '.rows[] | [.row, .command, .flow, .wire_bytes] | @tsv'
        .Pp
        A running node, for Prometheus:
        .Dl sudo btcshark -i eth0 -q -Z btcshark -z bytes -z requests --metrics /var/lib/btcshark/node.prom
        .Sh SEE ALSO
        .Xr btcshark 1 ,
        .Xr btcshark-fields 7

        """
    }
}
