import Foundation
import TestPrograms

/// A page of docs/dialects: the rows of its tables, by the heading above them.
struct DialectPage {
    /// The cells of each row, without the head of the table.
    private(set) var rows: [String: [[String]]] = [:]
    let text: String

    init(_ name: String) throws { try self.init(file: "docs/dialects/\(name).md") }

    init(file: String) throws {
        text = try String(contentsOf: Project.file(file), encoding: .utf8)
        var heading = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix("#") { heading = String(line.trimmingPrefix(while: { "# ".contains($0) })) }
            guard line.hasPrefix("| ") else { continue }
            // Cells have an escaped bar for a literal one.
            let cells = line.replacing("\\|", with: "\u{1}").split(separator: "|", omittingEmptySubsequences: false)
                .dropFirst().dropLast()
            rows[heading, default: []].append(
                cells.map { $0.trimmingCharacters(in: .whitespaces).replacing("\u{1}", with: "|") })
        }
        // The line between head and rows begins with a bar and a dash.
        for (heading, all) in rows { rows[heading] = Array(all.dropFirst()) }
    }

    /// The routes of the page, as `METHOD PATH`, in order; of a subtree without the slash at its end.
    var routes: [String] {
        (rows["HTTP routes"] ?? []).map { row in
            let path = Self.code(row[1])
            return row[0] + " " + (row[0] == "any" && path.hasSuffix("/") ? String(path.dropLast()) : path)
        }
    }

    /// The names of events in the tables below a heading, in order.
    func events(_ heading: String) -> [String] { (rows[heading] ?? []).map { Self.code($0[0]) } }

    /// The limits of the page: the name of each constant, and every number with a unit, in bytes or seconds.
    var limits: [(constant: String, numbers: [Double])] {
        (rows["Limits"] ?? []).map { (Self.code($0[2]), Self.numbers($0[1])) }
    }

    private static func code(_ cell: String) -> String {
        cell.firstMatch(of: #/`([^`]+)`/#).map { String($0.output.1) } ?? cell
    }

    private static let units: [String: Double] = [
        "KiB": 0x400, "MiB": 0x100000, "GiB": 0x4000_0000, "min": 60, "h": 3_600, "days": 86_400,
    ]

    private static func numbers(_ cell: String) -> [Double] {
        cell.matches(of: #/(\d[\d,]*(?:\.\d+)?)(?: (KiB|MiB|GiB|min|h|days)\b)?/#).compactMap { match in
            let factor = match.output.2.flatMap { units[String($0)] } ?? 1
            return Double(match.output.1.replacing(",", with: "")).map { $0 * factor }
        }
    }
}
