import ChatBridge
import HTTPServer
import JSON
import MediaAPI

extension BananatalkRoutes {
    /// Adds the routes of polls.
    func mountPolls(on routes: inout DialectRoutes) {
        let path = "/api/v1/messages/poll"
        routes.on(.post, path, .createPoll) { request, _, caller in
            created(try await service.createPoll(try await request.json(), by: caller))
        }
        routes.on(.get, path + "/:poll", .poll) { _, path, caller in
            success(try await service.poll(path.text("poll"), for: caller))
        }
        routes.on(.post, path + "/:poll/vote", .vote) { request, path, caller in
            success(try await service.vote(try await request.json(), in: path.text("poll"), by: caller))
        }
        routes.on(.post, path + "/:poll/options", .addPollOption) { request, path, caller in
            success(try await service.addOption(try await request.json(), to: path.text("poll"), by: caller))
        }
        routes.on(.post, path + "/:poll/close", .closePoll) { _, path, caller in
            success(try await service.closePoll(path.text("poll"), by: caller))
        }
    }
}
