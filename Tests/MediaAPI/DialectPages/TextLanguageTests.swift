import Foundation
import TestPrograms
import Testing

@Suite("Texts for users")
struct TextLanguageTests {
    @Test("those in Thai are in one file")
    func thai() throws {
        let sources = Project.file("Sources")
        for file in try FileManager.default.subpathsOfDirectory(atPath: sources.path) where file.hasSuffix(".swift") {
            let text = try String(contentsOf: sources.appendingPathComponent(file), encoding: .utf8)
            let isThai = text.unicodeScalars.contains { (0x0E00...0x0E7F).contains($0.value) }
            #expect(isThai == (file == "Dialects/Rooms/RoomsTexts.swift"), "\(file)")
        }
    }
}
