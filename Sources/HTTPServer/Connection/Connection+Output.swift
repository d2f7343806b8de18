import Bytes
import Glibc
import Synchronization

extension Connection {
    /// Sends queued output, as far as the socket accepts it.
    func flush() {
        guard phase != .closed else { return }
        if output.isEmpty && file == nil { return outputIsEmpty() }
        let written = output.written
        let flushed = output.flush(to: descriptor, more: file != nil)
        core.counts.sentBytes.add(output.written - written, ordering: .relaxed)
        switch flushed {
        case .failed: close(because: .clientGone)
        case .blocked: if output.count < Self.outputLimit { resumeWriters() }
        case .empty: file == nil ? outputIsEmpty() : sendFile()
        }
    }

    func resumeWriters() {
        // The sender of a message, or of a part of a stream, waits until the kernel has accepted it.
        if let webSocket, webSocket.queuedBytes > 0 || !output.isEmpty { return }
        if exchange?.streams != nil, !output.isEmpty { return }
        let ready = writers
        writers = []
        ready.forEach { $0.resume() }
    }

    private func outputIsEmpty() {
        writeRate = nil
        responseNoLongerWaits()
        if phase == .webSocket { webSocketOutputIsEmpty() }
        resumeWriters()
        switch phase {
        case .flushing: linger()
        case .exchange: if exchange?.isResponseQueued == true { responseIsSent() }
        default: break
        }
    }

    /// Sends what the socket accepts of the file; what is not in memory is fetched first, off the loop.
    private func sendFile() {
        guard var file, !file.isFetching else { return }
        let (count, sent) = file.send(to: descriptor, at: loop.events.now)
        self.file = file
        output.countWritten(count)
        core.counts.sentBytes.add(count, ordering: .relaxed)
        switch sent {
        case .blocked: break
        case .notInMemory: fetchFile(file.nextWindow)
        case .whole:
            file.release()
            self.file = nil
            outputIsEmpty()
        // The client detects the failure because the connection ends early.
        case .failed: close(because: .clientGone)
        }
    }

    private func fetchFile(_ window: FileRegion) {
        file?.isFetching = true
        FileWarmer.fetch(window, on: loop.events) { [self] in
            guard phase != .closed, file?.isFetching == true else { return }
            file?.isFetching = false
            file?.fetched(window, at: loop.events.now)
            loop.events.perform {
                flush()
                updateInterest()
            }
        }
    }

    private func responseIsSent() {
        guard let exchange else { return }
        exchange.isResponseQueued = false
        logAccess(isComplete: true)
        for case let holder as any ResponseHolder in exchange.held { holder.responseWasWritten() }
        exchange.held = []
        let next = exchange.state.responseCompleted()
        switch next {
        case .nextRequest where !core.isShuttingDown || nextRequestHasArrived:
            self.exchange = nil
            hasReceivedResponse = true
            enter(.idle)
            if peerHasEnded && incoming.isEmpty { return close(because: .clientGone) }
            returnToControl { $0.processIncoming() }
        case .drain: drain()
        case .nextRequest, .close: linger()
        }
    }

    // MARK: Draining

    /// The client was answered before its body ended. Clients that write their whole body before they read the response
    /// receive it only if the rest is read.
    private func drain() {
        guard let exchange else { return }
        exchange.bodyQueue.finish(throwing: RequestBodyError.clientGone)
        guard holdsDrainPermit || core.beginDrain(for: peer) else { return linger() }
        holdsDrainPermit = true
        drainBytes = core.configuration.drainLimits.bytes
        enter(.draining)
        updateInterest()
    }

    func readAndDiscard() {
        guard let bytes = receive(ended: { close(because: .clientGone) }) else { return }
        drainBytes -= bytes.count
        if drainBytes < 0 { return phase == .draining ? linger() : close(because: .clientGone) }
        guard phase == .draining, let exchange else { return }
        exchange.bodyRate.moved(bytes.count)
        // The response is sent already: a request whose rest cannot be parsed has the same end as a complete one.
        guard (try? exchange.parser.feed(bytes)) != nil, !exchange.parser.isComplete else { return linger() }
    }

    /// Shuts down our side and waits a moment for the client's: closing with unread bytes would reset the connection,
    /// and could lose the response.
    func linger() {
        let allowsMore = phase != .lingering
        // A response of the server's own has been sent.
        logAccess(isComplete: phase == .flushing)
        exchange?.end(.clientGone)
        exchange = nil
        endWebSocket()
        failWriters(.clientGone)
        guard allowsMore, shutdown(descriptor, Int32(SHUT_WR)) == 0 else { return close(because: .clientGone) }
        drainBytes = max(0, min(drainBytes, Self.lingerBytes))
        if drainBytes == 0 { drainBytes = Self.lingerBytes }
        enter(.lingering)
        if peerHasEnded { return close(because: .clientGone) }
        updateInterest()
    }

    /// How many bytes are read after our side is shut down.
    static let lingerBytes = 1 << 20
}
