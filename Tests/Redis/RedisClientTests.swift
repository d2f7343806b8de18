import Concurrency
import Logging
import Redis
import TestPrograms
import Testing

@Suite("Redis: the connection that performs commands")
struct RedisClientTests {
    private let logger = Logger(level: .error) { _ in }

    private func options(_ server: RedisServer) -> RedisOptions {
        RedisOptions(port: server.port, timeout: .seconds(20))
    }

    @Test("commands are performed in order, and their replies are as Redis writes them")
    func replies() async throws {
        let server = try RedisServer()
        let client = RedisClient(options(server), logger: logger)
        let bytes: [UInt8] = [0, 13, 10, 255]
        let replies = try await client.run([
            RedisCommand("SET", "key", payload: bytes), RedisCommand("GET", "key"), RedisCommand("INCR", "number"),
            RedisCommand("RPUSH", "list", "a", "b"), RedisCommand("LRANGE", "list", "0", "-1"),
            RedisCommand("GET", "nothing"), RedisCommand("INCR", "list"),
        ])
        #expect(replies[0] == .status("OK"))
        #expect(replies[1] == .bytes(bytes))
        #expect(replies[2] == .integer(1))
        #expect(replies[4] == .array([.bytes([0x61]), .bytes([0x62])]))
        #expect(replies[5] == .null)
        guard case .error(let message) = replies[6] else { throw ProgramFailure("no error: \(replies[6])") }
        #expect(message.hasPrefix("WRONGTYPE"))
    }

    @Test("without a server, a command fails at once")
    func unavailable() async throws {
        let server = try RedisServer()
        server.stop()
        let client = RedisClient(options(server), logger: logger)
        await #expect(throws: RedisError.self) { try await client.check() }
        await #expect(throws: RedisError.self) { try await client.check() }
    }

    @Test("queued commands wait for a server that is away, in order, and are performed when it is back")
    func queued() async throws {
        let server = try RedisServer()
        let client = RedisClient(options(server), logger: logger)
        try await client.check()
        server.stop()
        try await eventually("the loss is noticed") { (try? await client.check()) == nil }
        let (performed, continuation) = AsyncStream.makeStream(of: Int.self)
        for number in 1...300 {
            client.enqueue([RedisCommand("RPUSH", "list", "\(number)")]) { continuation.yield(number) }
        }
        #expect(client.waitingBytes > 300 * 20)
        try server.restart()
        var numbers: [Int] = []
        for await number in performed {
            numbers.append(number)
            if number == 300 { break }
        }
        #expect(numbers == Array(1...300))
        #expect(client.waitingBytes == 0)
        let list = try await client.run("LRANGE", "list", "0", "-1").elements.compactMap { $0.text.flatMap(Int.init) }
        #expect(list == Array(1...300))
    }

    @Test("a queued command that Redis rejects is tried again, and stays before the later ones")
    func rejected() async throws {
        let server = try RedisServer()
        let client = RedisClient(options(server), logger: logger)
        _ = try await client.run("CONFIG", "SET", "min-replicas-to-write", "1")
        let (performed, continuation) = AsyncStream.makeStream(of: Void.self)
        client.enqueue([RedisCommand("RPUSH", "list", "first")])
        client.enqueue([RedisCommand("RPUSH", "list", "second")]) { continuation.yield() }
        let other = RedisClient(options(server), logger: logger)
        _ = try await other.run("CONFIG", "SET", "min-replicas-to-write", "0")
        for await _ in performed { break }
        let list = try await other.run("LRANGE", "list", "0", "-1").elements.compactMap(\.text)
        #expect(list == ["first", "second"])
    }

    @Test("the password and the database of the options are used")
    func authentication() async throws {
        let server = try RedisServer()
        let first = RedisClient(options(server), logger: logger)
        _ = try await first.run("CONFIG", "SET", "requirepass", "secret")
        var options = options(server)
        (options.password, options.database) = ("secret", 3)
        let client = RedisClient(options, logger: logger)
        _ = try await client.run("SET", "key", "value")
        _ = try await first.run("AUTH", "secret")
        #expect(try await first.run("GET", "key") == .null)
        options.password = "wrong"
        let stranger = RedisClient(options, logger: logger)
        await #expect(throws: RedisError.self) { try await stranger.check() }
    }
}
