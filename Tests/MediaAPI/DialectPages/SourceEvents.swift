import Foundation
import TestPrograms

/// The names of the events that a dialect receives and sends, read from the text of its sources: the literals in the places where
/// names of events are.
struct SourceEvents {
    private(set) var received: Set<String> = []
    private(set) var sent: Set<String> = []
    /// The names that have a constant, by the text that refers to it.
    private var constants: [String: String] = [:]

    init(folder: String) throws {
        let root = Project.file(folder)
        var sources: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: root.path) where path.hasSuffix(".swift") {
            let file = path.split(separator: "/").last.map(String.init) ?? path
            sources[file] = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
        }
        for (file, source) in sources where file.contains(#/Event(?:\+\w+)?\.swift$/#) {
            readConstants(source, file)
        }
        for (file, source) in sources {
            if file.contains(#/(?:Sockets|Hub)(?:\+\w+)?\.swift$/#) { readReceived(source) }
            if file.contains(#/(?:Event|Sockets|Realtime|Hub|Status)(?:\+\w+)?\.swift$/#) { readSent(source) }
            // Operations that name the event that reports them.
            for match in source.matches(of: #/Event\.\w+\(\s*"(\w+)"/#) { sent.insert(String(match.output.1)) }
        }
    }

    private mutating func readConstants(_ source: String, _ file: String) {
        for match in source.matches(of: #/static let (\w+) = "([\w:]+)"/#) {
            let name = String(match.output.2)
            constants[file.replacing(".swift", with: "") + "." + match.output.1] = name
            sent.insert(name)
        }
    }

    private mutating func readReceived(_ source: String) {
        for match in source.matches(of: #/case ((?:"[\w:]+"|\w+Event\.\w+)(?:, "[\w:]+")*):/#) {
            for name in match.output.1.split(separator: ", ") {
                let literal = name.trimmingPrefix("\"").prefix { $0 != "\"" }
                received.insert(constants[String(name)] ?? String(literal))
            }
        }
        for match in source.matches(of: #/event\.name == "([\w:]+)"/#) { received.insert(String(match.output.1)) }
    }

    private mutating func readSent(_ source: String) {
        // The argument after the message that an event is about.
        for match in source.matches(of: #/\(\s*message, "(\w+)",/#) { sent.insert(String(match.output.1)) }
        // The first argument of a call, or the first element of a tuple.
        for match in source.matches(of: #/\(\s*"([\w:]+)",/#) { sent.insert(String(match.output.1)) }
        for match in source.matches(of: #/\bevent: "([\w:]+)"/#) { sent.insert(String(match.output.1)) }
        for match in source.matches(of: #/notifyContacts\(of: [\w.]+, "([\w:]+)"/#) {
            sent.insert(String(match.output.1))
        }
    }
}
