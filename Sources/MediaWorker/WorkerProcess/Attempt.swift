#if DEBUG
    import CSeccomp
    import Glibc

    /// Something that a worker must not be able to do: for the tests, which have one try it from within. Release builds know
    /// nothing of it.
    enum Attempt: Codable {
        /// A system call by its name.
        case call(String, [Int])
        /// Opening a file for reading.
        case open(String)
        /// Starting a program.
        case spawn(String)
        /// Taking that many bytes of memory, and writing to them.
        case allocate(Int)
        /// Following a pointer into nothing.
        case crash
        /// Never coming back.
        case hang
        /// What is left of the environment, and of what was open: as a number.
        case count(Inheritance)

        enum Inheritance: String, Codable { case variables, descriptors }

        /// What came of it: a result, or the error's number.
        struct Outcome: Codable, Equatable {
            var result: Int
            var error: Int32
        }

        func outcome() -> Outcome {
            switch self {
            case .call(let name, let arguments): Self.make(name, arguments)
            case .open(let path): Self.outcome(Int(Glibc.open(path, O_RDONLY | O_CLOEXEC)))
            case .spawn(let program): Self.start(program)
            case .allocate(let count): Self.take(count)
            case .crash: Self.fall()
            case .hang: Self.hang()
            case .count(.variables): Outcome(result: Self.variables, error: 0)
            case .count(.descriptors): Outcome(result: Self.descriptors, error: 0)
            }
        }

        private static func outcome(_ result: Int) -> Outcome {
            Outcome(result: result, error: result < 0 ? errno : 0)
        }

        private static func make(_ name: String, _ arguments: [Int]) -> Outcome {
            typealias Call = @convention(c) (Int, Int, Int, Int, Int, Int, Int) -> Int
            let call = unsafeBitCast(dlsym(nil, "syscall"), to: Call.self)
            let words = arguments + [Int](repeating: 0, count: 6 - arguments.count)
            return outcome(
                call(
                    Int(seccomp_syscall_resolve_name(name)), words[0], words[1], words[2], words[3], words[4], words[5])
            )
        }

        private static func start(_ program: String) -> Outcome {
            var id: pid_t = 0
            var words: [UnsafeMutablePointer<CChar>?] = [strdup(program), nil]
            let error = posix_spawn(&id, program, nil, nil, &words, nil)
            return Outcome(result: error == 0 ? Int(id) : -1, error: error)
        }

        private static func take(_ count: Int) -> Outcome {
            guard let memory = malloc(count) else { return Outcome(result: -1, error: errno) }
            memset(memory, 1, count)
            free(memory)
            return Outcome(result: 0, error: 0)
        }

        private static func fall() -> Outcome {
            UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
            return Outcome(result: 0, error: 0)
        }

        private static func hang() -> Outcome {
            while true {}
        }

        private static var variables: Int {
            typealias List = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
            // Null where nothing is left, which the imported type does not allow for.
            let list = dlsym(nil, "environ").assumingMemoryBound(to: List?.self).pointee
            var count = 0
            while list?[count] != nil { count += 1 }
            return count
        }

        private static var descriptors: Int { (0..<1024).count { fcntl($0, F_GETFD) >= 0 } }
    }
#endif
