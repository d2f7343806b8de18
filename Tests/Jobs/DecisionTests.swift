import ChatBridge
import MediaModel
import MediaWorker
import ObjectStore
import Testing

@testable import Jobs

@Suite("What a run decides by itself")
struct DecisionTests {
    @Test(
        "what may pass is tried again, later each time and not for ever; what is wrong with a file is reported immediately",
        arguments: [
            (MediaError(.unreadable, "m"), nil), (MediaError(.tooManyPixels, "m"), nil),
            (MediaError(.deadline, "m"), nil),
            (MediaError(.busy, "m"), 1), (MediaError(.storage, "m", cause: ObjectStoreError(.unavailable, "c")), 1),
            (MediaError(.storage, "m", cause: ObjectStoreError(.notFound, "c")), nil),
            (MediaError(.storage, "m", cause: ObjectStoreError(.outOfSpace, "c")), nil),
        ] as [(any Error & Sendable, Double?)])
    func temporaryErrors(error: any Error & Sendable, delay: Double?) {
        let ends = (1...3).map { attempt in
            MediaJobItem(number: 1, object: "k", attempts: attempt, job: "j", holder: "h").end(
                after: error, attempts: 3)
        }
        let reason = MediaJobItem.Reason(error)
        if let delay {
            #expect(ends == [.again(after: delay, reason), .again(after: 4 * delay, reason), .failed(reason)])
        } else {
            #expect(ends == Array(repeating: .failed(reason), count: 3))
        }
    }

    @Test(
        "what the chat store cannot store is tried again for longer than MongoDB holds what a killed process was changing"
    )
    func chatErrors() {
        let error = ChatError(.unavailable, "m")
        let ends = (1...MediaJobItem.maximumAttempts).map { attempt in
            MediaJobItem(number: 1, object: "k", attempts: attempt, job: "j", holder: "h")
                .end(after: error, attempts: 3)
        }
        let reason = MediaJobItem.Reason(error)
        let delays: [Double] = [1, 4, 16, 64]
        #expect(ends == delays.map { .again(after: $0, reason) } + [.failed(reason)])
    }

    @Test("a reason names what lies beneath")
    func reasons() {
        let missing = MediaError(.storage, "m", cause: ObjectStoreError(.notFound, "There is no object k."))
        #expect(MediaJobItem.Reason(missing) == MediaJobItem.Reason("store_not_found", "There is no object k."))
        #expect(MediaJobItem.Reason(MediaError(.truncated, "cut")) == MediaJobItem.Reason("truncated", "cut"))
    }

    @Test("the rate is that of the last twenty seconds, and says how long the rest takes")
    func progress() {
        var progress = JobProgress(counts(ended: 0, of: 1000), at: 100)
        #expect(progress.rate == nil && progress.remaining == nil)
        progress.update(counts(ended: 10, of: 1000), at: 110)
        #expect(progress.rate == 1 && progress.remaining == 990)
        for second in 111...150 {
            progress.update(counts(ended: 10 + 5 * (second - 110), of: 1000), at: Double(second))
        }
        #expect(progress.rate == 5)
        #expect(progress.remaining == Double(1000 - 210) / 5)
        progress.update(counts(ended: 1000, of: 1000), at: 151)
        #expect(progress.remaining == 0)
        progress.update(counts(ended: 1000, of: 5000, isComplete: false), at: 152)
        #expect(progress.remaining == nil)
    }

    private func counts(ended: Int, of total: Int, isComplete: Bool = true) -> MediaJob.Counts {
        MediaJob.Counts(items: [.done: ended, .waiting: total - ended], isComplete: isComplete)
    }

    @Test("a record takes what was found; what could not be made keeps what was there")
    func revised() {
        let old = MediaRecord(
            key: "k.mp4", thumbnailKey: "old.jpg", kind: .video, mimeType: "video/mp4", fileSize: 1, duration: 2,
            dimensions: .init(width: 3, height: 4), waveform: [0.5])
        var found = Inspection(
            kind: .video, container: "mp4", mimeType: "video/mp4", fileExtension: "mp4", duration: 2.00049,
            dimensions: Dimensions(width: 30, height: 40))
        let all = Set(Derivative.allCases)
        let revised = old.revised(by: found, thumbnail: "new.jpg", all)
        #expect(revised.thumbnailKey == "new.jpg" && revised.dimensions?.width == 30 && revised.waveform == [0.5])
        #expect(revised.duration == 2)
        #expect(old.revised(by: found, thumbnail: nil, [.thumbnail]) == old)
        found.duration = nil
        found.dimensions = nil
        #expect(old.revised(by: found, thumbnail: nil, all) == old)
        var bare = old
        (bare.thumbnailKey, bare.thumbnailFailure) = (nil, "no decoder")
        found.thumbnailFailure = "still none"
        #expect(bare.revised(by: found, thumbnail: nil, [.thumbnail]).thumbnailFailure == "still none")
        #expect(bare.revised(by: found, thumbnail: "new.jpg", [.thumbnail]).thumbnailFailure == nil)
    }
}
