public import Bytes
import Glibc

extension OwnedDescriptor {
    /// Takes over an open descriptor that `threads` close: closing the last descriptor of a deleted file gives its blocks
    /// back, which takes 100 ms for a gigabyte, and a task may release the last reference.
    public convenience init(owning rawValue: Int32, closedOn threads: ThreadPool) {
        self.init(owning: rawValue) { descriptor in threads.submit { close(descriptor) } }
    }
}
