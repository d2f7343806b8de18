import Foundation

/// A file that is made to do harm, and what is to become of it.
public struct HostileFile: Sendable, CustomStringConvertible {
    /// A short description of the fault.
    public let name: String
    /// What must become of it.
    public let expectedResult: ExpectedResult
    /// What may become of it instead: FFmpeg 5.1 and 7.1 read some faults differently.
    public let otherResult: ExpectedResult?
    private let make: @Sendable () throws -> [UInt8]

    /// What becomes of a file.
    public enum ExpectedResult: Sendable, Equatable {
        /// The file is rejected with this stable code.
        case rejected(String)
        /// The file is harmless, and accepted as this kind.
        case accepted(String)

        var isAccepted: Bool { if case .accepted = self { true } else { false } }
    }

    init(
        _ name: String, _ expectedResult: ExpectedResult, or otherResult: ExpectedResult? = nil,
        _ make: @escaping @Sendable () throws -> [UInt8]
    ) {
        self.name = name
        self.expectedResult = expectedResult
        self.otherResult = otherResult
        self.make = make
    }

    /// The result that a file must have which was accepted or not.
    public func expectedResult(whenAccepted isAccepted: Bool) -> ExpectedResult {
        expectedResult.isAccepted == isAccepted ? expectedResult : otherResult ?? expectedResult
    }

    /// Whether `result` is one that it may have.
    public func allows(_ result: ExpectedResult) -> Bool { result == expectedResult || result == otherResult }

    /// All of it.
    public func bytes() throws -> [UInt8] { try make() }

    /// The name.
    public var description: String { name }

    /// Every one of them.
    public static let all: [HostileFile] = [
        pixels, pixelSurprises, oddPictures, covers, streams, nesting, sizes, tables, time, falseDeclarations,
        resemblances, items,
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
