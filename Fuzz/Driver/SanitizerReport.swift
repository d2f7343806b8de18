import Foundation

/// What the address sanitizer says before it ends a process.
struct SanitizerReport {
    /// Where the fault was found. FFmpeg's libraries are not instrumented: only what passes through the allocator and the
    /// C library's copying is seen there.
    enum Place: String {
        case ours, libraries
    }

    /// The settings that judging processes run with. Leaks are not looked for: Swift's runtime and the libraries keep what
    /// they set up once. A table that asks for too much must get no memory rather than end the process.
    static let environment = [
        "ASAN_OPTIONS":
            "detect_leaks=0:quarantine_size_mb=64:allocator_may_return_null=1:handle_abort=1:handle_sigill=1:handle_sigfpe=1:handle_sigtrap=1"
    ]

    /// In few words: the kind of fault and the function.
    let summary: String
    /// Whose fault it is.
    let place: Place

    private static let libraries = ["/libav", "/libsw", "/libdav1d", "/libvpx", "/libx26", "/libopus", "/libvorbis"]
    private static let bystanders = [
        "__asan", "__interceptor", "__sanitizer", "memcpy", "memmove", "memset", "malloc", "free", "realloc",
        "posix_memalign", "calloc",
    ]

    /// The first report in what a process wrote; `nil` when there is none.
    init?(_ text: String) {
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        guard let head = lines.firstIndex(where: { $0.contains("ERROR: AddressSanitizer") }) else { return nil }
        let frames = lines[head...].drop { !$0.hasPrefix("#0") }.prefix { $0.hasPrefix("#") }
        let guilty = frames.first { frame in
            let function = frame.split(separator: " ").dropFirst(3).first ?? ""
            return !Self.bystanders.contains { function.hasPrefix($0) }
        }
        place = guilty.map { frame in Self.libraries.contains { frame.contains($0) } } == true ? .libraries : .ours
        let kind = lines[head].components(separatedBy: "AddressSanitizer: ").last?.split(separator: " ").first ?? "?"
        summary = "\(kind) in \(guilty?.components(separatedBy: " in ").last ?? "an unknown place")"
    }
}
