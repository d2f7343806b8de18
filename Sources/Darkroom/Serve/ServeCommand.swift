import Configuration
import Foundation
import HTTPServer
import Logging
import MediaAPI
import MediaWorker

/// `darkroom serve`: the service.
enum ServeCommand: Command {
    static let name = "serve"
    static let summary = "run the service"
    static let usage = "[--listen HOST:PORT] [--data DIR] [OPTIONS]"
    static var options: [Arguments.Option] {
        Setting.all.compactMap { setting in
            setting.flag.map { Arguments.Option($0, setting.value, "\(setting.help) (\(setting.fallback))") }
        }
    }
    static var notes: String {
        let width = Setting.all.map { $0.variable.count }.max() ?? 0
        let list = Setting.all.map { setting in
            """
              \(setting.variable.padded(to: width))  \(setting.value): \(setting.help)
              \(spaces(width))  default: \(setting.fallback)
            """
        }
        return """
            With no setting at all it runs on the embedded default: objects in a folder, rows in SQLite, a secret made at
            first start, all under --data. Prints the address it serves on; ends on SIGTERM or SIGINT once what runs is done.
            One service has a data folder at a time: a second one ends with status 75.

            settings, as environment variables (a flag wins):
            \(list.joined(separator: "\n"))
            """
    }

    static func run(_ arguments: Arguments) async throws -> Int32 {
        guard arguments.operands.isEmpty else { throw UsageError("unexpected word '\(arguments.operands[0])'") }
        let reader = SettingsReader(environment: ProcessInfo.processInfo.environment, flags: arguments.values)
        let settings = try Settings(reader)
        // From here on a signal is awaited, not the program's end: what was begun is finished.
        let signals = TerminationSignals()
        let logger = Logger.standardError(level: Logger.Level(rawValue: settings.logLevel) ?? .info)
        DescriptorLimit.raise(forConnections: settings.maximumConnections, logger: logger)
        let lock = try ServiceFactory.lock(settings)
        defer { withExtendedLifetime(lock) {} }
        // Before there are connections, threads and secrets: a worker is a copy of none of it.
        let workers = try await Workers.start(settings.workers, logger: logger)
        let front = StartupResponder()
        let server = HTTPServer(configuration: try settings.server(), logger: logger, responder: front)
        let address = try await server.start()
        let service = try ServiceFactory.service(
            settings, reader: reader, workers: workers, boundTo: address, logger: logger)
        let background = Task { await service.run() }
        front.open(service)
        await service.reportReadiness()
        print("darkroom serves http://\(address)")
        fflush(nil)
        logger.info("serving", ["address": "\(address)", "data": settings.dataDirectory])

        let signal = await signals.first()
        logger.info("shutting down", ["signal": signal])
        let deadline = ShutdownDeadline(in: .seconds(settings.shutdownDeadline), logger: logger)
        // Readers of sockets are told to go elsewhere while uploads that run are finished.
        await service.closeSockets(within: deadline.remaining)
        await server.shutdown(deadline: deadline.remaining)
        background.cancel()
        await background.value
        await workers.shutdown()
        logger.info("stopped")
        return 0
    }
}
