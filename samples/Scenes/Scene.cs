// Licensed under the MIT License.
// See LICENSE in the project root for license information.

namespace Scenes;

internal enum SceneClass : byte
{
    Sky,
    Building,
    Road,
    Sidewalk,
    Vegetation,
    Car,
    Pole,
}

/// <summary>
/// One street seen from its middle: a road that runs to a vanishing point, sidewalks, facades, trees, cars and poles.
/// The seed decides everything. Colours are drawn from ranges that overlap between classes (grey and green cars, grey and
/// bluish facades, brown trees), so a pixel's colour does not tell its class; place, shape and texture do.
/// </summary>
internal sealed class Scene
{
    private readonly Random _random;
    private readonly Canvas _canvas;
    private readonly float _horizon;        // row of the vanishing point
    private readonly float _vanishing;      // its column
    private readonly float[] _roadEdge;     // columns at the bottom row: left, right
    private readonly float[] _walkEdge;     // outer edges of the sidewalks at the bottom row

    private Scene(int seed, int height, int width)
    {
        _random = new Random(seed);
        _canvas = new Canvas(height, width);
        _horizon = height * Between(0.4f, 0.5f);
        _vanishing = width * Between(0.4f, 0.6f);
        _roadEdge = [width * Between(-0.1f, 0.15f), width * Between(0.85f, 1.1f)];
        _walkEdge = [_roadEdge[0] - width * Between(0.26f, 0.4f), _roadEdge[1] + width * Between(0.26f, 0.4f)];
    }

    /// <summary>Draws a scene.</summary>
    /// <returns>Pixels (blue, green, red, alpha) and class ids, row by row.</returns>
    public static (byte[] Bgra, byte[] Ids) Draw(int seed, int height, int width)
    {
        var scene = new Scene(seed, height, width);
        scene.DrawSky();
        scene.DrawMeadow();
        scene.DrawFacades(side: 0);
        scene.DrawFacades(side: 1);
        scene.DrawGround();
        scene.DrawThings();
        scene.CastLight();
        return (scene._canvas.Expose(scene._random, scene.Between(0.006f, 0.02f)), scene._canvas.Ids);
    }

    // Depth is told by t: 0 at the vanishing point, 1 at the bottom row. Sizes on screen are proportional to it.
    private float Row(float t) => _horizon + t * (_canvas.Height - _horizon);

    private float Column(float atBottom, float t) => _vanishing + (atBottom - _vanishing) * t;

    private float Between(float low, float high) => low + (high - low) * _random.NextSingle();

    private bool Chance(float probability) => _random.NextSingle() < probability;

    private Paint AnyColor() => new(Between(0.08f, 0.9f), Between(0.08f, 0.9f), Between(0.08f, 0.9f));

    private Paint Grayish(float low, float high)
    {
        float level = Between(low, high);
        return new Paint(level * Between(0.92f, 1.08f), level * Between(0.95f, 1.05f), level * Between(0.92f, 1.1f));
    }

    // Value noise: the same number for the same cell, whatever the order of drawing.
    private static float Noise(int seed, int row, int column)
    {
        uint hash = (uint)(row * 374761393 + column * 668265263) ^ (uint)(seed * 1274126177);
        hash = (hash ^ (hash >> 13)) * 1274126177u;
        return ((hash ^ (hash >> 16)) & 0xFFFF) / 65535f;
    }

    private void DrawSky()
    {
        var zenith = Chance(0.5f) ? new Paint(Between(0.3f, 0.5f), Between(0.5f, 0.68f), Between(0.75f, 0.95f)) : Grayish(0.5f, 0.9f);
        var haze = Paint.Mix(zenith, Paint.Gray(Between(0.75f, 0.98f)), Between(0.4f, 1f));
        int seed = _random.Next();
        float clouds = Between(0f, 0.14f);
        _canvas.Fill(SceneClass.Sky, 0, 0, _canvas.Height, _canvas.Width, (y, x) =>
        {
            float wave = MathF.Sin(x * 0.06f + seed % 7) * MathF.Sin(y * 0.13f + x * 0.02f + seed % 5);
            return Paint.Mix(zenith, haze, Math.Clamp(y / _horizon, 0, 1)) * (1 + clouds * wave);
        });
    }

    /// <summary>What lies behind the houses, seen where a lot is open.</summary>
    private void DrawMeadow()
    {
        var grass = Chance(0.8f) ? new Paint(Between(0.2f, 0.4f), Between(0.35f, 0.55f), Between(0.12f, 0.3f)) : Grayish(0.25f, 0.5f);
        int seed = _random.Next();
        _canvas.Fill(SceneClass.Vegetation, _horizon, 0, _canvas.Height, _canvas.Width, (y, x) => grass * (0.7f + 0.6f * Noise(seed, (int)y, (int)x)));
    }

    /// <summary>A row of houses along the outer edge of a sidewalk, with windows in perspective; some lots are left open.</summary>
    private void DrawFacades(int side)
    {
        float edge = _walkEdge[side];
        float near = 1.6f;
        while (near > 0.16f)
        {
            float far = near * Between(0.5f, 0.8f);
            if (Chance(0.8f))
                DrawFacade(edge, near, far);
            near = far;
        }
    }

    private void DrawFacade(float edge, float near, float far)
    {
        var wall = _random.Next(4) switch
        {
            0 => Grayish(0.25f, 0.8f),
            1 => new Paint(Between(0.45f, 0.7f), Between(0.25f, 0.45f), Between(0.2f, 0.35f)),
            2 => new Paint(Between(0.65f, 0.9f), Between(0.6f, 0.8f), Between(0.45f, 0.65f)),
            _ => new Paint(Between(0.35f, 0.55f), Between(0.5f, 0.65f), Between(0.6f, 0.8f)),
        };
        var glass = Chance(0.5f) ? wall * Between(0.3f, 0.65f) : Grayish(0.55f, 0.9f);
        float rise = _horizon * Between(0.6f, 1.7f), storey = Between(14f, 22f), bay = Between(0.1f, 0.2f), light = Between(0.75f, 1.1f);
        int seed = _random.Next();
        float nearColumn = Column(edge, near), farColumn = Column(edge, far);
        _canvas.Fill(SceneClass.Building, 0, Math.Min(nearColumn, farColumn), _canvas.Height, Math.Max(nearColumn, farColumn), (y, x) =>
        {
            float t = (x - _vanishing) / (edge - _vanishing);
            if (y > Row(t) || y < _horizon - t * rise)
                return null;

            // On the wall: height above the horizon in wall units, and distance along the street (depth goes with 1 / t).
            float up = (_horizon - y) / t + 100f, along = 1f / t;
            float inStorey = up / storey % 1f, inBay = along / bay % 1f;
            bool window = inStorey is > 0.3f and < 0.78f && inBay is > 0.22f and < 0.75f && t > 0.12f;
            float dirt = 0.94f + 0.12f * Noise(seed, (int)(up / 3), (int)(along * 40));
            return (window ? glass * (0.8f + 0.4f * Noise(seed, (int)(up / storey), (int)(along / bay))) : wall) * (light * dirt);
        });
    }

    private void DrawGround()
    {
        var asphalt = Grayish(0.18f, 0.6f);
        var stone = Chance(0.6f) ? Grayish(0.28f, 0.75f) : asphalt * Between(0.85f, 1.25f);
        var curb = stone * (Chance(0.5f) ? Between(0.4f, 0.65f) : Between(1.4f, 1.7f));
        var line = Paint.Gray(Between(0.7f, 0.95f));
        bool lines = Chance(0.7f);
        float slab = Between(0.08f, 0.2f), center = (_roadEdge[0] + _roadEdge[1]) / 2;
        int seed = _random.Next();
        _canvas.Fill(SceneClass.Sidewalk, _horizon, 0, _canvas.Height, _canvas.Width, (y, x) =>
        {
            float t = (y - _horizon) / (_canvas.Height - _horizon), across = _vanishing + (x - _vanishing) / t;
            if (across < _walkEdge[0] || across > _walkEdge[1])
                return null;
            bool joint = (1f / t / slab) % 1f < 0.12f;
            return stone * ((joint ? 0.85f : 1f) * (0.93f + 0.14f * Noise(seed, (int)y, (int)x)));
        });
        _canvas.Fill(SceneClass.Road, _horizon, 0, _canvas.Height, _canvas.Width, (y, x) =>
        {
            float t = (y - _horizon) / (_canvas.Height - _horizon), across = _vanishing + (x - _vanishing) / t;
            if (across < _roadEdge[0] || across > _roadEdge[1])
                return null;
            if (across < _roadEdge[0] + 8 || across > _roadEdge[1] - 8)
                return curb;
            bool dash = lines && MathF.Abs(across - center) < 2.5f && (1f / t * 1.2f) % 1f < 0.55f;
            return (dash ? line : asphalt) * (0.9f + 0.2f * Noise(seed + 1, (int)y, (int)x));
        });
    }

    /// <summary>Hedges, trees, cars and poles from far to near, so that the near ones hide the far ones.</summary>
    private void DrawThings()
    {
        var things = new List<(float T, Action<float> Draw)>();
        int trees = _random.Next(2, 8), cars = _random.Next(2, 6), poles = _random.Next(2, 5);
        for (int i = 0; i < trees; i++)
            things.Add((Between(0.35f, 0.95f), DrawTree));
        for (int i = 0; i < cars; i++)
            things.Add((Between(0.4f, 0.95f), DrawCar));
        for (int i = 0; i < poles; i++)
            things.Add((Between(0.6f, 1f), DrawPole));
        foreach (var (t, draw) in things.OrderBy(thing => thing.T))
            draw(t);
    }

    private void DrawTree(float t)
    {
        int side = _random.Next(2), seed = _random.Next();
        float foot = Row(t), x0 = Column(_walkEdge[side] + (side == 0 ? 1 : -1) * Between(-6f, 16f), t);
        var leaf = _random.Next(5) switch
        {
            0 => new Paint(Between(0.4f, 0.6f), Between(0.3f, 0.42f), Between(0.1f, 0.2f)),
            1 => new Paint(Between(0.25f, 0.4f), Between(0.28f, 0.4f), Between(0.22f, 0.35f)),
            _ => new Paint(Between(0.12f, 0.32f), Between(0.3f, 0.55f), Between(0.08f, 0.25f)),
        };
        bool hedge = Chance(0.25f);
        float height = (hedge ? Between(18f, 32f) : Between(60f, 95f)) * t, crown = (hedge ? Between(20f, 40f) : Between(22f, 36f)) * t;
        if (!hedge)
        {
            var bark = new Paint(Between(0.2f, 0.4f), Between(0.16f, 0.3f), Between(0.1f, 0.25f));
            _canvas.Fill(SceneClass.Vegetation, foot - height, x0 - 3.5f * t, foot, x0 + 3.5f * t, (y, x) => bark * (0.8f + 0.4f * Noise(seed, (int)y / 3, (int)x)));
        }

        // A crown of several overlapping balls, lit from above, with ragged leaves.
        for (int ball = 0; ball < 6; ball++)
        {
            float radius = crown * Between(0.45f, 0.7f);
            float y0 = hedge ? foot - radius * 0.6f : foot - height + Between(-0.4f, 0.5f) * crown, xb = x0 + Between(-0.6f, 0.6f) * crown;
            _canvas.Fill(SceneClass.Vegetation, y0 - radius, xb - radius, Math.Min(foot, y0 + radius), xb + radius, (y, x) =>
            {
                float dy = (y - y0) / radius, dx = (x - xb) / radius, distance = dy * dy + dx * dx;
                float ragged = Noise(seed + ball, (int)(y / 2), (int)(x / 2));
                return distance > 0.7f + 0.3f * ragged ? null : leaf * (0.55f + 0.9f * Noise(seed, (int)y, (int)x) - 0.25f * dy);
            });
        }
    }

    private void DrawCar(float t)
    {
        var body = _random.Next(4) switch
        {
            0 => Grayish(0.15f, 0.7f),
            1 => new Paint(Between(0.12f, 0.3f), Between(0.3f, 0.5f), Between(0.1f, 0.3f)),
            _ => AnyColor(),
        };
        float width = Between(42f, 54f) * t, height = width * Between(0.62f, 0.8f), lane = Between(0.08f, 0.92f);
        float foot = Row(t), x0 = Column(_roadEdge[0] + (_roadEdge[1] - _roadEdge[0]) * lane, t), top = foot - height, belt = foot - height * 0.55f;
        var glass = Paint.Gray(Between(0.08f, 0.6f));
        var lamp = Chance(0.5f) ? new Paint(0.85f, 0.1f, 0.08f) : new Paint(0.95f, 0.93f, 0.8f);
        float half = width / 2;

        _canvas.Fill(SceneClass.Car, top, x0 - half, foot, x0 + half, (y, x) =>
        {
            float across = MathF.Abs(x - x0) / half, down = (y - top) / height;
            if (y < belt)
            {
                // The cabin narrows towards the roof; its window leaves a frame.
                float cabin = 0.6f + 0.28f * ((y - top) / (belt - top));
                if (across > cabin)
                    return null;
                return across < cabin - 0.12f && down is > 0.08f and < 0.42f ? glass * (1.3f - down) : body * 0.95f;
            }

            if (down > 0.84f)
                return across is > 0.5f and < 0.92f ? Paint.Gray(0.06f) : down > 0.92f ? null : Paint.Gray(0.1f);
            if (down is > 0.52f and < 0.64f && across > 0.68f)
                return lamp;
            return body * (1.08f - 0.35f * (down - 0.45f));
        });
    }

    private void DrawPole(float t)
    {
        int side = _random.Next(2);
        float x0 = Column(_roadEdge[side] + (side == 0 ? -1 : 1) * Between(5f, 16f), t), foot = Row(t), height = Between(60f, 90f) * t;
        float half = Between(3.5f, 5f) * t;
        var metal = Grayish(0.12f, 0.75f);
        _canvas.Fill(SceneClass.Pole, foot - height, x0 - half, foot, x0 + half, (_, x) => metal * (1.15f - 0.3f * (x - x0 + half) / half));

        // A sign: round or square, a white rim and a field of any colour.
        float radius = Between(12f, 16f) * t, y0 = foot - height + radius * Between(0f, 0.8f);
        var field = AnyColor();
        var rim = Paint.Gray(Between(0.85f, 1f));
        bool round = Chance(0.5f);
        _canvas.Fill(SceneClass.Pole, y0 - radius, x0 - radius, y0 + radius, x0 + radius, (y, x) =>
        {
            float dy = MathF.Abs(y - y0) / radius, dx = MathF.Abs(x - x0) / radius;
            float distance = round ? MathF.Sqrt(dy * dy + dx * dx) : Math.Max(dy, dx);
            return distance > 1 ? null : distance > 0.75f ? rim : field;
        });
    }

    /// <summary>The hour of the day: exposure, a slope of light across the picture, a shadow over part of the street, a dim corner.</summary>
    private void CastLight()
    {
        float exposure = Between(0.7f, 1.2f), slope = Between(-0.25f, 0.25f), dim = Between(0f, 0.2f);
        float shade = Chance(0.6f) ? Between(0.55f, 0.85f) : 1f, from = Between(-0.2f, 1.2f), lean = Between(-0.6f, 0.6f);
        bool left = Chance(0.5f);
        _canvas.Light((row, column) =>
        {
            float y = (float)row / _canvas.Height, x = (float)column / _canvas.Width;
            bool shadow = row > _horizon && (x - from - lean * (y - 0.5f) < 0) == left;
            float corner = (x - 0.5f) * (x - 0.5f) + (y - 0.5f) * (y - 0.5f);
            return exposure * (1 + slope * (x - 0.5f)) * (1 - dim * corner * 2) * (shadow ? shade : 1f);
        });
    }
}
