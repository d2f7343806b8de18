import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import Testing

struct MediaJobTests {
    @Test("a job goes from waiting to running to a final state, and never back")
    func transitions() {
        let expected: [MediaJob.State: [MediaJob.Event: MediaJob.State]] = [
            .waiting: [.claimed: .running, .cancelled: .cancelled],
            .running: [.claimed: .running, .exhausted: .completed, .cancelled: .cancelled],
        ]
        for state in MediaJob.State.allCases {
            for event in MediaJob.Event.allCases {
                #expect(state.after(event) == expected[state]?[event], "\(state) after \(event)")
            }
            #expect(state.isEnd == MediaJob.Event.allCases.allSatisfy { state.after($0) == nil })
        }
    }

    @Test(
        "a request selects the kinds that have the derivatives it names",
        arguments: [
            (nil, Derivative.allCases, [.audio, .image, .video]), (nil, [.thumbnail], [.image, .video]),
            (.audio, [.waveform, .thumbnail], [.audio]), (.audio, [.thumbnail], []),
        ] as [(MediaKind?, [Derivative], Set<MediaKind>)])
    func kinds(kind: MediaKind?, only: [Derivative], expected: Set<MediaKind>) {
        #expect(MediaJobRequest(kind: kind, only: Set(only)).kinds == expected)
    }
}
