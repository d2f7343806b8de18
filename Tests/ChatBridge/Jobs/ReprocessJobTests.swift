import ChatBridge
import ChatTestSupport
import Foundation
import MediaModel
import Testing

struct ReprocessJobTests {
    @Test("a job goes from waiting to running to a final state, and never back")
    func transitions() {
        let expected: [ReprocessJob.State: [ReprocessJob.Event: ReprocessJob.State]] = [
            .waiting: [.claimed: .running, .cancelled: .cancelled],
            .running: [.claimed: .running, .exhausted: .completed, .cancelled: .cancelled],
        ]
        for state in ReprocessJob.State.allCases {
            for event in ReprocessJob.Event.allCases {
                #expect(state.after(event) == expected[state]?[event], "\(state) after \(event)")
            }
            #expect(state.isEnd == ReprocessJob.Event.allCases.allSatisfy { state.after($0) == nil })
        }
    }

    @Test(
        "a request selects the kinds that have the derivatives it names",
        arguments: [
            (nil, Derivative.allCases, [.audio, .image, .video]), (nil, [.thumbnail], [.image, .video]),
            (.audio, [.waveform, .thumbnail], [.audio]), (.audio, [.thumbnail], []),
        ] as [(MediaKind?, [Derivative], Set<MediaKind>)])
    func kinds(kind: MediaKind?, only: [Derivative], expected: Set<MediaKind>) {
        #expect(ReprocessRequest(kind: kind, only: Set(only)).kinds == expected)
    }
}
