import Bytes
import Glibc
import Synchronization
import Testing

@Suite("Descriptors with one owner")
struct OwnedDescriptorTests {
    @Test("a descriptor is closed with the last reference to its owner")
    func closing() {
        let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let closed = Mutex<[Int32]>([])
        do {
            let owner = OwnedDescriptor(owning: descriptor) { number in
                close(number)
                closed.withLock { $0.append(number) }
            }
            let other = owner
            #expect(fcntl(other.rawValue, F_GETFD) >= 0)
            #expect(closed.withLock { $0.isEmpty })
            withExtendedLifetime((owner, other)) {}
        }
        #expect(closed.withLock { $0 } == [descriptor])
    }

    @Test("a failed call is named with the system's text for its error")
    func systemError() {
        #expect(SystemError("open", number: EACCES).description == "open: Permission denied")
        errno = ENOENT
        #expect(SystemError("stat") == SystemError("stat", number: ENOENT))
    }
}
