import Foundation

/// A file that is made to do harm, and what is to become of it.
public struct HostileFile: Sendable, CustomStringConvertible {
    /// What is wrong with it, in few words.
    public let name: String
    /// What must become of it.
    public let verdict: Verdict
    private let make: @Sendable () throws -> [UInt8]

    /// What becomes of a file.
    public enum Verdict: Sendable, Equatable {
        /// It is refused with this stable code.
        case refused(String)
        /// It is harmless, and taken as this kind.
        case taken(String)
    }

    init(_ name: String, _ verdict: Verdict, _ make: @escaping @Sendable () throws -> [UInt8]) {
        self.name = name
        self.verdict = verdict
        self.make = make
    }

    /// All of it.
    public func bytes() throws -> [UInt8] { try make() }

    /// The name.
    public var description: String { name }

    /// Every one of them.
    public static let all: [HostileFile] = [
        pixels, pixelSurprises, oddPictures, covers, streams, nesting, sizes, tables, time, lies, resemblances,
    ].flatMap { $0 }
}

/// A small file that other programs made.
func seed(_ name: String) throws -> [UInt8] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return [UInt8](try Data(contentsOf: folder.appendingPathComponent("Seeds/\(name)")))
}

/// A good file that a hostile one is made of.
func sample(_ name: String) throws -> [UInt8] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return [UInt8](try Data(contentsOf: root.appendingPathComponent("samples/\(name)")))
}
