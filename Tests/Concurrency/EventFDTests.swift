import Concurrency
import Glibc
import Testing

@Suite("Events that wake poll(2)")
struct EventFDTests {
    @Test("an event is readable from the first signal until it is cleared")
    func readability() throws {
        let event = try EventFD()
        #expect(!isReadable(event))
        event.signal()
        event.signal()
        #expect(isReadable(event))
        event.clear()
        #expect(!isReadable(event))
    }

    private func isReadable(_ event: EventFD) -> Bool {
        var watched = pollfd(fd: event.descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&watched, 1, 0) == 1
    }
}
