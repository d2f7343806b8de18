import Foundation
import HostileMedia
import MediaModel
import Testing

@testable import MediaWorker

/// Files that try to have others opened, and addresses called.
@Suite("Disguises", .serialized)
struct DisguiseTests {
    @Test(
        "a file that names other files and URLs is validated by itself, and nothing else is touched",
        arguments: Disguise.all
    )
    func untouched(disguise: Disguise) throws {
        let watch = try Watch()
        let bytes = try disguise.bytes(watch.bait)
        do throws(MediaError) {
            let found = try inspectBytes(bytes)
            #expect(disguise.expectedResult == .accepted(found.kind.rawValue))
            // It has no samples of its own: only what is in the file itself can be shown.
            #expect(found.thumbnail != nil)
        } catch {
            #expect(disguise.expectedResult == .rejected(error.code.rawValue), "\(error)")
        }
        #expect(!watch.wasOpened())
        #expect(!watch.wasCalled())
    }

    @Test("the watch sees who opens the file and who calls the address")
    func watching() throws {
        let watch = try Watch()
        #expect(!watch.wasOpened() && !watch.wasCalled())
        _ = try Data(contentsOf: URL(fileURLWithPath: watch.bait.file))
        try watch.call()
        #expect(watch.wasOpened() && watch.wasCalled())
    }
}
