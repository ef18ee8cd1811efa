using Memo.Gpu.Devices;
using Memo.Gpu.Kernels;

namespace Memo.Gpu;

/// <summary>
/// A dense network on a device, in single precision: affine layers with ReLU between them and none after the last. Weights and
/// activations stay in panels, so that each layer is one launch. It rounds; exact answers are the engine's.
/// </summary>
internal sealed unsafe class DenseLayers : IDisposable
{
    /// <summary>One layer.</summary>
    /// <param name="Outputs">Neurons.</param>
    /// <param name="Inputs">Weights of each.</param>
    /// <param name="Weights">Outputs by Inputs, row-major.</param>
    /// <param name="Biases">Outputs.</param>
    public sealed record Layer(int Outputs, int Inputs, float[] Weights, float[] Biases);

    private readonly GpuKernels _kernels;
    private readonly GpuQueue _queue;
    private readonly IReadOnlyList<Layer> _layers;
    private readonly List<(GpuBuffer Weights, GpuBuffer Biases)> _packed = [];
    private GpuBuffer? _samples;
    private GpuBuffer[] _activations = [];
    private int _count;

    public DenseLayers(GpuKernels kernels, IReadOnlyList<Layer> layers)
    {
        (_kernels, _layers) = (kernels, layers);
        _queue = kernels.Device.CreateQueue();
        foreach (Layer layer in layers)
        {
            int neurons = kernels.Padded(layer.Outputs);
            GpuBuffer biases = kernels.Device.Allocate(4L * neurons);
            var padded = new float[neurons];
            layer.Biases.CopyTo(padded, 0);
            Search.QueryBlock.Write<float>(_queue, biases, padded);
            _packed.Add((Pack(layer.Weights, layer.Outputs, layer.Inputs), biases));
        }
    }

    private static int Depth(int features) => (features + GroupSizes.DepthUnit - 1) / GroupSizes.DepthUnit * GroupSizes.DepthUnit;

    // Row-major floats -> panels.
    private GpuBuffer Pack(ReadOnlySpan<float> values, int rows, int columns)
    {
        int depth = Depth(columns), packed = _kernels.Padded(rows);
        using GpuBuffer raw = _kernels.Device.Allocate(4L * rows * depth);
        GpuBuffer panels = _kernels.Device.Allocate(4L * packed * depth);
        var padded = new float[rows * depth];
        for (int i = 0; i < rows; i++) values.Slice(i * columns, columns).CopyTo(padded.AsSpan(i * depth));
        Search.QueryBlock.Write<float>(_queue, raw, padded);
        _kernels.Launch(_queue, KernelNames.PackFloats, (packed + GroupSizes.Pack - 1) / GroupSizes.Pack, (GroupSizes.Pack, 1),
            new GpuArguments().View(raw, 0, (long)rows * depth, 4).View(panels, 0, (long)packed * depth, 4).Int(rows).Int(packed).Int(depth)
                .Int(_kernels.Width));
        _queue.Synchronize();
        return panels;
    }

    /// <summary>Brings samples to the device, count by the first layer's inputs.</summary>
    public void Load(ReadOnlySpan<float> samples, int count)
    {
        Release();
        _count = count;
        _samples = Pack(samples, count, _layers[0].Inputs);
        _activations = [.. _layers.Select(layer => _kernels.Device.Allocate(4L * _kernels.Padded(count) * Depth(layer.Outputs)))];
    }

    /// <summary>The forward pass of the samples loaded; waits for its end.</summary>
    public void Run()
    {
        int samples = _kernels.Padded(_count);
        for (int l = 0; l < _layers.Count; l++)
        {
            Layer layer = _layers[l];
            int depth = Depth(layer.Inputs), outputDepth = Depth(layer.Outputs), relu = l < _layers.Count - 1 ? 1 : 0;
            GpuBuffer from = l == 0 ? _samples! : _activations[l - 1], to = _activations[l];
            (GpuBuffer weights, GpuBuffer biases) = _packed[l];
            if (outputDepth > _kernels.Padded(layer.Outputs)) throw new InvalidOperationException("a panel narrower than the unit of depth");
            _kernels.LaunchTiles(_queue, KernelNames.Dense, samples / _kernels.Width, _kernels.Padded(layer.Outputs) / _kernels.Width, depth,
                (panel, panels) => new GpuArguments().View(from, 0, (long)samples * depth / 4, 16)
                    .View(weights, 4L * panel * _kernels.Width * depth, (long)panels * _kernels.Width * depth / 4, 16)
                    .View(biases, 4L * panel * _kernels.Width, (long)panels * _kernels.Width, 4)
                    .View(to, 0, (long)samples * outputDepth / 4, 16).Int(depth).Int(outputDepth).Int(panel * _kernels.Width).Int(relu));
        }
        _queue.Synchronize();
    }

    /// <summary>The last layer's outputs, count by its neurons, row-major.</summary>
    public float[] Outputs()
    {
        int neurons = _layers[^1].Outputs, depth = Depth(neurons), width = _kernels.Width;
        var panels = new float[_kernels.Padded(_count) * depth];
        Search.QueryBlock.Read(_queue, _activations[^1], panels.AsSpan());
        var outputs = new float[_count * neurons];
        for (int i = 0; i < _count; i++)
            for (int j = 0; j < neurons; j++) outputs[i * neurons + j] = panels[(i / width * depth + j) * width + i % width];
        return outputs;
    }

    private void Release()
    {
        _samples?.Dispose();
        foreach (GpuBuffer buffer in _activations) buffer.Dispose();
    }

    public void Dispose()
    {
        Release();
        foreach ((GpuBuffer weights, GpuBuffer biases) in _packed)
        {
            weights.Dispose();
            biases.Dispose();
        }
        _queue.Dispose();
    }
}
