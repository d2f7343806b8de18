import FFmpeg
import Metrics

extension MetricFamily {
    /// What the running program is.
    static var buildInformation: MetricFamily {
        MetricFamily(
            "darkroom_build_info", .gauge, "Version of the program; the value is 1.",
            [
                MetricSample(
                    1,
                    labels: [
                        .init("version", ProgramVersion.current), .init("libavformat", FFmpegVersion.libavformat),
                    ])
            ])
    }
}
