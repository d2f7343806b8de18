import Foundation
import Metrics
import Testing

@Suite("Metrics")
struct MetricsTests {
    @Test("are written in Prometheus's text format, with backslashes, quotes and line ends escaped")
    func text() {
        let family = MetricFamily(
            "darkroom_example", .gauge, "A line\nand a \\.",
            [
                MetricSample(1.5, labels: [.init("path", "a\"b\\c\nd"), .init("kind", "x")]),
                MetricSample(.infinity), MetricSample(-.infinity), MetricSample(.nan), MetricSample(3),
            ])
        #expect(
            MetricsText.encode([family]) == #"""
                # HELP darkroom_example A line\nand a \\.
                # TYPE darkroom_example gauge
                darkroom_example{path="a\"b\\c\nd",kind="x"} 1.5
                darkroom_example +Inf
                darkroom_example -Inf
                darkroom_example NaN
                darkroom_example 3

                """#)
    }

    @Test("a counter has a sample for each combination of labels, and those it begins with at zero")
    func counter() {
        let counter = Counter(
            "darkroom_things_total", "Things.", labels: ["kind", "result"], initial: [["voice", "stored"]])
        counter.add(2, ["video", "stored"])
        counter.add(1, ["video", "rejected"])
        counter.add(1, ["video", "stored"])
        #expect(
            MetricsText.encode([counter.family]).split(separator: "\n").dropFirst(2) == [
                #"darkroom_things_total{kind="video",result="rejected"} 1"#,
                #"darkroom_things_total{kind="video",result="stored"} 3"#,
                #"darkroom_things_total{kind="voice",result="stored"} 0"#,
            ])
    }

    @Test("a histogram counts up to each bound, the bound included, and sums what was observed")
    func histogram() {
        let histogram = Histogram("darkroom_wait_seconds", "Waits.", bounds: [0.5, 2], labels: ["route"])
        for value in [0.25, 0.5, 1.25, 4] { histogram.observe(value, ["/a"]) }
        #expect(
            MetricsText.encode([histogram.family]).split(separator: "\n").dropFirst(2) == [
                #"darkroom_wait_seconds_bucket{route="/a",le="0.5"} 2"#,
                #"darkroom_wait_seconds_bucket{route="/a",le="2"} 3"#,
                #"darkroom_wait_seconds_bucket{route="/a",le="+Inf"} 4"#,
                #"darkroom_wait_seconds_sum{route="/a"} 6"#,
                #"darkroom_wait_seconds_count{route="/a"} 4"#,
            ])
    }

    @Test("of the process are what the system reports")
    func process() throws {
        let values = Dictionary(
            uniqueKeysWithValues: ProcessMetrics.collect().map { ($0.name, $0.samples[0].value) })
        let start = try #require(values["process_start_time_seconds"])
        let age = Date().timeIntervalSince1970 - start
        #expect(age >= -1 && age < 86_400)
        let resident = try #require(values["process_resident_memory_bytes"])
        let virtual = try #require(values["process_virtual_memory_bytes"])
        #expect(resident > 1_048_576 && resident < virtual)
        let processorTime = try #require(values["process_cpu_seconds_total"])
        #expect(processorTime > 0)
        let (open, limit) = (try #require(values["process_open_fds"]), try #require(values["process_max_fds"]))
        #expect(open >= 3 && open <= limit)
    }

    @Test("of a registry are read again each time, sorted by name")
    func registry() async {
        let registry = MetricsRegistry()
        let counter = registry.add(Counter("darkroom_b_total", "B."))
        registry.add { [MetricFamily("darkroom_a", .gauge, "A.", 1)] }
        counter.add()
        let families = await registry.families()
        #expect(families.map(\.name) == ["darkroom_a", "darkroom_b_total"])
        #expect(families.last?.samples == [MetricSample(1)])
    }
}
