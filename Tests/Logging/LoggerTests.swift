import Synchronization
import Testing

@testable import Logging

@Suite("The log")
struct LoggerTests {
    /// Collects records.
    private final class Records: Sendable {
        private let records = Mutex<[LogRecord]>([])
        var lines: [String] { records.withLock { $0.map(\.logfmt) } }
        func logger(_ level: Logger.Level, _ metadata: Logger.Metadata = [:]) -> Logger {
            Logger(level: level, metadata: metadata) { record in self.records.withLock { $0.append(record) } }
        }
    }

    @Test("a record is one logfmt line: level, message, then the metadata in the order of the keys")
    func line() {
        let records = Records()
        records.logger(.info).info("upload stored", ["size": "5", "kind": "image", "name": "a b"])
        #expect(records.lines == [#"level=info msg="upload stored" kind=image name="a b" size=5"#])
    }

    @Test("a record can be a JSON object on one line, whatever its values contain")
    func jsonLine() throws {
        let record = LogRecord(level: .error, message: "failed", metadata: ["cause": "a \"b\"\\\n\u{1}é", "code": "x"])
        #expect(
            record.json(time: "2026-01-02T03:04:05.678Z")
                == #"{"time":"2026-01-02T03:04:05.678Z","level":"error","msg":"failed","cause":"a \"b\"\\\u000a\u0001é","code":"x"}"#
        )
    }

    @Test("controls of terminals, ends of lines and changes of direction are escaped in both formats")
    func invisible() {
        let record = LogRecord(level: .info, message: "a", metadata: ["name": "x\u{9b}31m\u{2028}\u{202e}é"])
        #expect(record.logfmt == #"level=info msg=a name="x\u{9b}31m\u{2028}\u{202e}é""#)
        #expect(record.json(time: "t").contains(#""name":"x\u009b31m\u2028\u202eé""#))
    }

    @Test(
        "the time of a line has the date, milliseconds and the zone",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_795_811_348.0625, "2026-11-27T20:29:08.062Z"),
            (951_782_399.999, "2000-02-28T23:59:59.999Z"), (253_402_300_799, "9999-12-31T23:59:59.000Z"),
        ])
    func time(seconds: Double, text: String) { #expect(Logger.timestamp(seconds) == text) }

    @Test("records below the logger's level are dropped, the others are not", arguments: Logger.Level.allCases)
    func levels(level: Logger.Level) {
        let records = Records()
        let logger = records.logger(level)
        logger.debug("a")
        logger.info("b")
        logger.warning("c")
        logger.error("d")
        let all = ["level=debug msg=a", "level=info msg=b", "level=warning msg=c", "level=error msg=d"]
        let dropped = [Logger.Level.debug, .info, .warning, .error].firstIndex(of: level) ?? 0
        #expect(records.lines == Array(all.dropFirst(dropped)))
    }

    @Test("the metadata of a record that is dropped is not computed")
    func messagesAreLazy() {
        let records = Records()
        let count = Mutex(0)
        func metadata() -> Logger.Metadata {
            count.withLock { $0 += 1 }
            return [:]
        }
        records.logger(.warning).info("a", metadata())
        #expect(count.withLock { $0 } == 0)
        records.logger(.info).info("a", metadata())
        #expect(count.withLock { $0 } == 1)
    }

    @Test("the logger's own metadata is on every record, and the record's replaces it")
    func metadata() {
        let records = Records()
        let logger = records.logger(.info, ["node": "1", "part": "store", "key": "k"])
        logger.info("a")
        logger.info("b", ["key": "other"])
        #expect(
            records.lines == [
                "level=info msg=a key=k node=1 part=store", "level=info msg=b key=other node=1 part=store",
            ])
    }

    @Test(
        "a value is quoted where it must be, and never breaks its line",
        arguments: [
            ("plain", "plain"), ("", #""""#), ("a b", #""a b""#), ("a=b", #""a=b""#), (#"say "x""#, #""say \"x\"""#),
            (#"a\b c"#, #""a\\b c""#), ("a\nlevel=error", #""a\nlevel=error""#), ("a\r\u{7f}", #""a\u{d}\u{7f}""#),
            ("grün", "grün"),
        ])
    func quoting(value: String, written: String) {
        let records = Records()
        records.logger(.info).info("m", ["k": value])
        #expect(records.lines == ["level=info msg=m k=\(written)"])
    }
}
