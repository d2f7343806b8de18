extension EngineIOSession {
    /// What the caller has to do, in order.
    enum Action: Sendable, Hashable {
        /// Answer the `GET` that waits with 200 and this payload.
        case answerPoll(String)
        /// Answer the `GET` that waits with 503.
        case refusePoll
        /// Send a frame on the WebSocket, candidate or not.
        case sendFrame(EngineIOMessage)
        /// Close the WebSocket once what was sent before has left.
        case closeWebSocket
        /// Hand a message to the application.
        case message(EngineIOMessage)
        /// The session is over for the application; said once.
        case closed(EngineIOCloseReason)
    }
}
