import ChatBridge
import Configuration
import Foundation
import HTTPServer
import Logging
import MediaAPI
import MediaWorker
import Metrics

/// `darkroom serve`: runs the service.
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
        let list = SettingGroup.all.map { group in
            let settings = group.settings.map { setting in
                """
                  \(setting.variable.padded(to: width))  \(setting.value): \(setting.help)
                  \(spaces(width))  default: \(setting.fallback)
                """
            }
            return "\n\(group.title):\n" + settings.joined(separator: "\n")
        }
        return """
            Without any settings it runs in standalone mode: objects in a folder, chat in SQLite and a secret generated at
            the first start, all under --data. Prints its address; ends on SIGTERM or SIGINT when running requests are
            finished. A data folder is used by one service at a time: a second one exits with status 75.

            settings, as environment variables (flags have precedence):
            \(list.joined(separator: "\n"))
            """
    }

    static func run(_ arguments: Arguments) async throws -> ExitCode {
        guard arguments.operands.isEmpty else { throw UsageError("unexpected word '\(arguments.operands[0])'") }
        // Before the files that it has read again are read: it ends a process that does not handle it.
        let hangups = ReloadSignal()
        let environment = ProcessInfo.processInfo.environment
        let reader = SettingsReader(environment: environment, flags: arguments.values)
        var settings = try Settings(reader)
        settings.server.passedSocket = try PassedSocket.take(environment)
        let manager = ServiceManager(environment)
        // From here on, signals are handled: running requests are finished before the program ends.
        let signals = TerminationSignals()
        defer { withExtendedLifetime((signals, hangups)) {} }
        let logger = settings.logger
        DescriptorLimit.raise(forConnections: settings.server.maximumConnections, logger: logger)
        let lock = try ServiceFactory.lock(settings)
        defer { withExtendedLifetime(lock) {} }
        // Workers are started before there are connections, threads and secrets, which they would inherit.
        let workers = try await Workers.start(settings.workers, logger: logger)
        let startupResponder = StartupResponder()
        let server = HTTPServer(configuration: settings.server, logger: logger, responder: startupResponder)
        // Connections to a passed socket wait in its queue until the service is ready, instead of being answered 503.
        let isPassed = settings.server.passedSocket != nil
        let address = try await server.start(acceptsAtOnce: !isPassed)
        let keys = TokenKeyRing(try ServiceFactory.keys(settings))
        let remoteKeys = try settings.tokens.remoteKeys(in: keys, logger: logger)
        let chat = try await ServiceFactory.chat(settings)
        let metrics = MetricsRegistry()
        metrics.add(ProcessMetrics.collect)
        metrics.add { server.counters.metrics + [.buildInformation] }
        let traces = try settings.traces?.exporter(
            version: ProgramVersion.current, metrics: metrics, logger: logger)
        let service = try ServiceFactory.service(
            settings, reader: reader, chat: chat, workers: workers, keys: keys, boundTo: address, metrics: metrics,
            tracer: traces?.tracer, logger: logger)
        let exporting = Task { await traces?.run() }
        let background = Task { await service.run() }
        let fetching = Task { await remoteKeys?.run() }
        let memory = Task { await FreedMemory.giveBackRegularly() }
        startupResponder.open(service)
        if isPassed { server.acceptConnections() }
        await service.reportReadiness()
        print("darkroom serves http://\(address)")
        fflush(nil)
        logger.info("serving", ["address": "\(address)", "data": settings.data.path])
        let reload = Reload(settings, keys, remoteKeys, manager: manager, logger: logger) { [settings] in
            try ServiceFactory.existingKeys(settings)
        }
        let reloading = Task { [requests = hangups.stream] in await reload.run(requests) }
        let watchdog = Task { await manager?.keepAlive { await server.waitUntilResponsive() } }
        if await manager?.notify(["READY=1", "STATUS=serves http://\(address)"]) == false {
            logger.warning("the service manager cannot be notified")
        }

        let signal = await signals.first()
        logger.info("shutting down", ["signal": signal])
        reloading.cancel()
        await manager?.notify(["STOPPING=1", "STATUS=finishes running requests"])
        let deadline = ShutdownDeadline(in: settings.shutdownTime, logger: logger)
        // Clients with sockets reconnect elsewhere while running uploads are finished.
        await service.closeSockets(within: deadline.remaining)
        await server.shutdown(deadline: deadline.remaining)
        background.cancel()
        fetching.cancel()
        memory.cancel()
        await background.value
        await workers.shutdown()
        await chat.close()
        exporting.cancel()
        await traces?.flush()
        watchdog.cancel()
        logger.info("stopped")
        logger.flush(within: 1)
        return .success
    }
}
