import Foundation

/// Where a new process writes to.
struct Outlet {
    /// Our end of the descriptor that the program writes to.
    let descriptor: Int32
    /// Where what it writes can be read.
    let reader: FileHandle?
    private let writer: FileHandle?

    /// - Parameter own: the descriptor of the tests that an inherited one is.
    init(_ sink: ChildProcess.Sink, _ own: Int32) throws {
        switch sink {
        case .inherited: (descriptor, reader, writer) = (own, nil, nil)
        case .pipe:
            let pipe = Pipe()
            (reader, writer) = (pipe.fileHandleForReading, pipe.fileHandleForWriting)
            descriptor = pipe.fileHandleForWriting.fileDescriptor
        case .file(let file):
            try Data().write(to: file)
            let handle = try FileHandle(forWritingTo: file)
            (descriptor, reader, writer) = (handle.fileDescriptor, nil, handle)
        }
    }

    /// To be called when the process has its own.
    func closeWriter() { try? writer?.close() }
}
