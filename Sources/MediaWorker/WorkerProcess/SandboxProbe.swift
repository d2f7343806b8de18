#if DEBUG
    import CSeccomp
    import Glibc

    /// An operation that a worker must not be able to perform: tests have a worker try it. Release builds do not contain it.
    enum SandboxProbe: Codable {
        /// Makes a system call, given by its name and arguments.
        case call(String, [Int])
        /// Opens a file for reading.
        case open(String)
        /// Starts a program.
        case spawn(String)
        /// Allocates that many bytes of memory and writes to them.
        case allocate(Int)
        /// Dereferences an invalid pointer.
        case crash
        /// Loops for ever.
        case hang
        /// Counts the environment variables or the open descriptors.
        case count(Inheritance)

        enum Inheritance: String, Codable { case variables, descriptors }

        /// The result of the operation, or its error number.
        struct Outcome: Codable, Equatable {
            var result: Int
            var error: Int32
        }

        func outcome() -> Outcome {
            switch self {
            case .call(let name, let arguments): Self.call(name, arguments)
            case .open(let path): Self.outcome(Int(Glibc.open(path, O_RDONLY | O_CLOEXEC)))
            case .spawn(let program): Self.spawnProgram(program)
            case .allocate(let count): Self.allocateMemory(count)
            case .crash: Self.crashProcess()
            case .hang: Self.hangProcess()
            case .count(.variables): Outcome(result: Self.variables, error: 0)
            case .count(.descriptors): Outcome(result: Self.descriptors, error: 0)
            }
        }

        private static func outcome(_ result: Int) -> Outcome {
            Outcome(result: result, error: result < 0 ? errno : 0)
        }

        private static func call(_ name: String, _ arguments: [Int]) -> Outcome {
            typealias SystemCall = @convention(c) (Int, Int, Int, Int, Int, Int, Int) -> Int
            let call = unsafeBitCast(dlsym(nil, "syscall"), to: SystemCall.self)
            let padded = arguments + [Int](repeating: 0, count: 6 - arguments.count)
            return outcome(
                call(
                    Int(seccomp_syscall_resolve_name(name)), padded[0], padded[1], padded[2], padded[3], padded[4],
                    padded[5])
            )
        }

        private static func spawnProgram(_ program: String) -> Outcome {
            var id: pid_t = 0
            var argv: [UnsafeMutablePointer<CChar>?] = [strdup(program), nil]
            let error = posix_spawn(&id, program, nil, nil, &argv, nil)
            return Outcome(result: error == 0 ? Int(id) : -1, error: error)
        }

        private static func allocateMemory(_ count: Int) -> Outcome {
            guard let memory = malloc(count) else { return Outcome(result: -1, error: errno) }
            memset(memory, 1, count)
            free(memory)
            return Outcome(result: 0, error: 0)
        }

        private static func crashProcess() -> Outcome {
            UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
            return Outcome(result: 0, error: 0)
        }

        private static func hangProcess() -> Outcome {
            while true {}
        }

        private static var variables: Int {
            typealias List = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
            // Null after clearenv(3), which the imported type does not allow for.
            let list = dlsym(nil, "environ").assumingMemoryBound(to: List?.self).pointee
            var count = 0
            while list?[count] != nil { count += 1 }
            return count
        }

        private static var descriptors: Int { (0..<1024).count { fcntl($0, F_GETFD) >= 0 } }
    }
#endif
