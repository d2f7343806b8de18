extension EngineIOSession {
    /// What the caller has to do, in this order.
    enum Action: Sendable, Hashable {
        /// Respond to the waiting `GET` with 200 and this payload.
        case respondToPoll(String)
        /// Respond to the waiting `GET` with 503.
        case rejectPoll
        /// Send a frame on the WebSocket, whether or not the upgrade is complete.
        case sendFrame(EngineIOMessage)
        /// Close the WebSocket once the frames before have been sent.
        case closeWebSocket
        /// Pass a message to the application.
        case message(EngineIOMessage)
        /// Notify the application that the session has ended; returned once.
        case closed(EngineIOCloseReason)
    }
}
