import Concurrency
import Foundation
import Glibc
import Logging
import TestPrograms
import Testing

@testable import MediaWorker

extension WorkerProcessTests {
    /// Each test has a real worker attempt a forbidden operation, and an unconfined worker the same, to show that the
    /// operation works without the sandbox.
    @Suite("Sandbox")
    struct SandboxTests {
        @Test("a file cannot be opened, neither by a library function nor by a system call")
        func files() throws {
            #expect(try attempt(.open("/etc/passwd")) == .denied(EPERM))
            #expect(try attempt(.call("openat", [-100, 0, 0])) == .denied(EPERM))
            #expect(try attempt(.call("creat", [0, 0])) == .denied(EPERM))
            #expect(try attempt(.call("memfd_create", [0, 0])) == .ended(SIGSYS))
            #expect(try attempt(.open("/etc/passwd"), isConfined: false).isSuccess)
        }

        @Test("no socket can be created, and no other than the worker's own be used")
        func sockets() throws {
            for domain in [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK] {
                #expect(try attempt(.call("socket", [Int(domain), Int(SOCK_STREAM.rawValue), 0])) == .denied(EPERM))
            }
            #expect(try attempt(.call("connect", [3, 0, 0])) == .denied(EPERM))
            #expect(try attempt(.call("sendmsg", [4, 0, 0])) == .denied(EPERM))
            #expect(try attempt(.call("socket", [Int(AF_UNIX), 1, 0]), isConfined: false).isSuccess)
        }

        @Test("no process, thread or program can be started")
        func processes() throws {
            #expect(try attempt(.spawn("/bin/true")) == .denied(EPERM))
            #expect(try attempt(.call("clone", [Int(SIGCHLD), 0, 0, 0, 0])) == .denied(EPERM))
            #expect(try attempt(.call("execve", [0, 0, 0])) == .ended(SIGSYS))
            #expect(try attempt(.call("fork", [])) == .ended(SIGSYS))
            #expect(try attempt(.call("kill", [Int(getpid()), 0])) == .denied(EPERM))
            #expect(try attempt(.call("tgkill", [Int(getpid()), Int(getpid()), 0])) == .denied(EPERM))
            #expect(try attempt(.call("kill", [Int(getpid()), 0]), isConfined: false).isSuccess)
        }

        @Test("a worker that may start threads can start no process")
        func threads() throws {
            let flags = Int(SIGCHLD)
            #expect(try attempt(.call("clone", [flags, 0, 0, 0, 0]), mayStartThreads: true) == .denied(EPERM))
            #expect(try attempt(.call("clone3", [0, 0]), mayStartThreads: true) == .denied(ENOSYS))
            #expect(try attempt(.call("clone3", [0, 0])) == .denied(EPERM))
            #expect(try attempt(.spawn("/bin/true"), mayStartThreads: true) != .result(0))
        }

        @Test("another process can be neither read, written nor traced")
        func memoryOfOthers() throws {
            let service = Int(getpid())
            #expect(try attempt(.call("process_vm_readv", [service, 0, 0, 0, 0, 0])) == .ended(SIGSYS))
            #expect(try attempt(.call("process_vm_writev", [service, 0, 0, 0, 0, 0])) == .ended(SIGSYS))
            #expect(try attempt(.call("ptrace", [16, service, 0, 0])) == .ended(SIGSYS))
            #expect(try attempt(.open("/proc/\(service)/mem")) == .denied(EPERM))
            #expect(try attempt(.call("process_vm_readv", [service, 0, 0, 0, 0, 0]), isConfined: false).isSuccess)
        }

        @Test("executable memory cannot be allocated")
        func executableMemory() throws {
            let (size, anonymous) = (4096, Int(MAP_PRIVATE | MAP_ANONYMOUS))
            let (plain, executable) = (Int(PROT_READ | PROT_WRITE), Int(PROT_READ | PROT_WRITE | PROT_EXEC))
            #expect(try attempt(.call("mmap", [0, size, plain, anonymous, -1, 0])).isSuccess)
            #expect(try attempt(.call("mmap", [0, size, executable, anonymous, -1, 0])) == .denied(EPERM))
            #expect(try attempt(.call("mprotect", [0, size, executable])) == .denied(EPERM))
        }

        @Test("memory beyond the limit cannot be allocated, confined or not", arguments: [true, false])
        func memoryLimit(isConfined: Bool) throws {
            #expect(try attempt(.allocate(1 << 30), isConfined: isConfined, memory: 1 << 30) == .denied(ENOMEM))
            #expect(try attempt(.allocate(128 << 20), isConfined: isConfined, memory: 1 << 30).isSuccess)
        }

        @Test("no environment variables and descriptors are inherited from the service")
        func inheritance() throws {
            setenv("DARKROOM_TEST_SECRET", "secret", 1)
            defer { unsetenv("DARKROOM_TEST_SECRET") }
            let stray = open("/dev/null", O_RDONLY)
            defer { close(stray) }
            // Unconfined: confined workers may not call fcntl(2), which counts the descriptors.
            let variables = try attempt(.count(.variables), isConfined: false)
            #expect(variables == .result(0))
            // The standard three, and the socket.
            #expect(try attempt(.count(.descriptors), isConfined: false) == .result(4))
        }

        @Test("a crash ends the worker with its own signal")
        func crash() throws {
            #expect(try attempt(.crash) == .ended(SIGSEGV))
        }

        @Test("the worker dies with the thread that started it")
        func parent() async throws {
            let id = try await onThread {
                let worker = try WorkerProcess(.forTests(), event: EventFD())
                // The process is not ended explicitly, as after a SIGKILL of the service.
                return Unmanaged.passRetained(worker).takeUnretainedValue().id
            }
            var status: Int32 = 0
            #expect(waitpid(id, &status, 0) == id)
            #expect(ExitStatus(status: status).isFromOutside || ExitStatus(status: status) == .exited(0))
        }

        @Test("started by another program, it exits at once")
        func alone() throws {
            #expect(try Command.runBlocking(Project.darkroom, [WorkerMain.argument]).status == 2)
        }

        private enum Outcome: Equatable {
            case result(Int)
            case denied(Int32)
            case ended(Int32)

            var isSuccess: Bool {
                if case .result = self { return true }
                return false
            }
        }

        private func attempt(
            _ probe: SandboxProbe, isConfined: Bool = true, memory: Int = 2 << 30, mayStartThreads: Bool = false
        ) throws -> Outcome {
            var settings = ProcessPoolSettings.forTests()
            settings.mayStartThreads = mayStartThreads
            settings.isConfined = isConfined
            settings.memory = memory
            let event = try EventFD()
            let worker = try WorkerProcess(settings, event: event)
            let deadline = InterruptibleDeadline(until: .now + .seconds(60), event: event)
            try worker.connection.socket.send(try IPCFrame(.probe, probe), deadline: deadline)
            do throws(IPCError) {
                let outcome = try worker.connection.socket.receive([.probeOutcome], deadline: deadline)
                    .decoded(as: SandboxProbe.Outcome.self)
                return outcome.error == 0 ? .result(outcome.result) : .denied(outcome.error)
            } catch {
                guard error == .closed else { throw error }
                guard case .signalled(let signal) = worker.end() else { return .ended(0) }
                return .ended(signal)
            }
        }
    }
}

/// Runs `work` on a thread that ends with it.
private func onThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: work)) }
    }
}
