using Memo.Gpu.Devices;

namespace Memo.Gpu.Tests;

/// <summary>The dense forward pass on a device. With small integers every sum is exact, so results can be compared bit for bit.</summary>
public sealed class DenseLayersTests
{
    [DeviceTheory]
    [OnDevice(1, new[] { 1, 1 })]
    [OnDevice(3, new[] { 5, 7, 2 })]
    [OnDevice(70, new[] { 20, 130, 65, 10 })]
    [OnDevice(129, new[] { 64, 200, 1 })]
    public void The_forward_pass_is_that_of_plain_loops(string word, int count, int[] sizes)
    {
        var random = new Random(count);
        var layers = new List<DenseLayers.Layer>();
        for (int l = 1; l < sizes.Length; l++)
            layers.Add(new DenseLayers.Layer(sizes[l], sizes[l - 1], Integers(sizes[l] * sizes[l - 1], 2), Integers(sizes[l], 5)));
        float[] samples = Integers(count * sizes[0], 3);
        using GpuDevice device = TestDevices.Open(word);
        using var kernels = new GpuKernels(device);
        using var network = new DenseLayers(kernels, layers);
        network.Load(samples, count);
        network.Run();
        Assert.Equal(Reference(layers, samples, count), network.Outputs());
        network.Load(samples.AsSpan(0, sizes[0]), 1); // other samples afterwards
        network.Run();
        Assert.Equal(Reference(layers, samples[..sizes[0]], 1), network.Outputs());

        float[] Integers(int length, int most) => [.. Enumerable.Range(0, length).Select(_ => (float)random.Next(-most, most + 1))];
    }

    private static float[] Reference(List<DenseLayers.Layer> layers, float[] samples, int count)
    {
        float[] from = samples;
        for (int l = 0; l < layers.Count; l++)
        {
            DenseLayers.Layer layer = layers[l];
            var to = new float[count * layer.Outputs];
            for (int i = 0; i < count; i++)
                for (int j = 0; j < layer.Outputs; j++)
                {
                    double sum = layer.Biases[j];
                    for (int k = 0; k < layer.Inputs; k++) sum += (double)layer.Weights[j * layer.Inputs + k] * from[i * layer.Inputs + k];
                    to[i * layer.Outputs + j] = (float)(l < layers.Count - 1 ? Math.Max(0, sum) : sum);
                }
            from = to;
        }
        return from;
    }
}
