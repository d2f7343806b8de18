internal import Foundation
internal import FoundationXML

/// An element of an XML document from the store: its children's names and texts, without name spaces.
struct S3Document: Sendable {
    let name: String
    fileprivate(set) var text = ""
    fileprivate(set) var children: [S3Document] = []

    fileprivate init(name: String) { self.name = name }

    /// The document in `bytes`; `nil` if it is no XML, declares a type or entities, is nested more deeply than any of S3's
    /// or has more elements.
    init?(_ bytes: [UInt8]) {
        let bytes = bytes.drop { [9, 10, 13, 32].contains($0) }
        // No response of S3 has one, and entities could expand without limit.
        guard !bytes.isEmpty, Data(bytes).range(of: Data("<!DOCTYPE".utf8)) == nil else { return nil }
        let reader = DocumentReader()
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = reader
        guard parser.parse(), let root = reader.root else { return nil }
        self = root
    }

    /// The first child of that name.
    subscript(_ name: String) -> S3Document? { children.first { $0.name == name } }

    /// The children of that name.
    func all(_ name: String) -> [S3Document] { children.filter { $0.name == name } }
}

/// Builds the tree from the parser's events.
private final class DocumentReader: NSObject, XMLParserDelegate {
    private(set) var root: S3Document?
    private var open: [S3Document] = []
    private var count = 0

    private static let maximumDepth = 16
    private static let maximumElements = 100_000

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        count += 1
        guard open.count < Self.maximumDepth, count <= Self.maximumElements else { return parser.abortParsing() }
        open.append(S3Document(name: String(elementName.split(separator: ":").last ?? "")))
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard !open.isEmpty else { return }
        open[open.count - 1].text += string
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?
    ) {
        guard let element = open.popLast() else { return }
        if open.isEmpty { root = element } else { open[open.count - 1].children.append(element) }
    }
}

/// `text` as the content of an element or an attribute.
func xmlEscaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        .replacing("\"", with: "&quot;")
}
