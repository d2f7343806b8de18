/// One inspection, on one thread, from the first byte to the verdict.
struct Inspector {
    let job: InspectionJob

    func inspect() throws(MediaError) -> Inspection {
        guard job.order.size > 0 else { throw MediaError(.empty, "The file is empty: send one with content.") }
        throw MediaError(.unsupported, "This kind of file is not taken.")
    }
}
